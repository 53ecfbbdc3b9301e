// MOV to DS with RPL 1 must fail on a segment of DPL 0. The shadow has DPL 1: it succeeds.
def sample = guest('mov to segment') {
    kernel {
        mov ebx, -1                  // no fault so far
        mov eax, 0x11                // the kernel's data segment, RPL 1
        mov ds, ax
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

experiment("MOV to DS lets the wrong selector in") {
    run sample, under: [bare, deprivileged, paravirtual, translated, hardware]
    expect deprivileged.diverges(because: MOV)
    expect paravirtual.diverges(because: MOV)     // a ported kernel has no use for it
    expect translated.equivalent
    expect hardware.equivalent
}
