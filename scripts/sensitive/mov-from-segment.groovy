// MOV from SS stores the selector as it is in the processor, and its low bits are the ring.
def sample = guest('mov from segment') {
    kernel {
        mov eax, ss
        checkpoint 'ss', ax
        hlt
    }
}

server { year 2006 }               // VMX, no UMIP

experiment("MOV from SS shows the real ring") {
    run sample, under: [bare, deprivileged, translated, hardware]
    expect deprivileged.diverges(because: MOV)
    expect translated.equivalent
    expect hardware.equivalent
}
