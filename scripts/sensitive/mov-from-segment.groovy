// MOV from SS stores the selector as it is in the processor, and its low bits are the ring.
def sample = guest('mov from segment') {
    kernel {
        mov eax, ss
        checkpoint 'ss', ax
        halt
    }
}

server { year 2006 }               // VMX, no UMIP

experiment("MOV from SS shows the real ring") {
    run sample, under: [bare, deprivileged, paravirtual, translated, hardware]
    expect deprivileged.diverges(because: MOV)
    expect paravirtual.diverges(because: MOV)     // a ported kernel has no use for it
    expect translated.equivalent
    expect hardware.equivalent
}
