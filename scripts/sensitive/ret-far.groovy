// A far RET to RPL 1 means a return to ring 1, where code of DPL 0 cannot run. In ring 1 it stays where it is.
def sample = guest('ret far') {
    kernel {
        mov ebx, -1                  // no fault so far
        push 0x09                    // the kernel's code segment, RPL 1
        push done
        retf
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

experiment("RET far takes the wrong selector") {
    run sample, under: [bare, deprivileged, paravirtual, translated, hardware]
    expect deprivileged.diverges(because: RETF)
    expect paravirtual.diverges(because: RETF)     // a ported kernel has no use for it
    expect translated.equivalent
    expect hardware.equivalent
}
