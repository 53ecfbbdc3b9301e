// A far JMP with RPL 1 must fail in ring 0. In ring 1, on a shadow of DPL 1, it succeeds.
def sample = guest('jmp far') {
    kernel {
        mov ebx, -1                  // no fault so far
        jmp far 0x09:done            // the kernel's code segment, RPL 1
        done:
        checkpoint 'fault', ebx
        halt
    }
    interrupt 13, {
        pop ebx                      // the error code: the selector
        mov dword[esp], done
        returnFromInterrupt
    }
}

server { year 2006 }               // VMX, no UMIP

experiment("JMP far takes the wrong selector") {
    run sample, under: [bare, deprivileged, paravirtual, translated, hardware]
    expect deprivileged.diverges(because: JMP)
    expect paravirtual.diverges(because: JMP)     // a ported kernel has no use for it
    expect translated.equivalent
    expect hardware.equivalent
}
