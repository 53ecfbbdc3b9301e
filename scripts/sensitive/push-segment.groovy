// PUSH CS stores the selector as it is in the processor, and its low bits are the ring.
def sample = guest('push segment') {
    kernel {
        push cs
        pop eax
        checkpoint 'cs', ax
        halt
    }
}

server { year 2006 }               // VMX, no UMIP

experiment("PUSH CS shows the real ring") {
    run sample, under: [bare, deprivileged, paravirtual, translated, hardware]
    expect deprivileged.diverges(because: PUSH)
    expect paravirtual.diverges(because: PUSH)     // a ported kernel has no use for it
    expect translated.equivalent
    expect hardware.equivalent
}
