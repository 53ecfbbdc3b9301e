// A far CALL pushes CS as it is in the processor, and its low bits are the ring.
def sample = guest('call far') {
    kernel {
        call far 0x08:inner
        inner:
        pop eax                      // EIP
        pop eax                      // CS
        checkpoint 'pushed cs', ax
        halt
    }
}

server { year 2006 }               // VMX, no UMIP

experiment("CALL far leaves the real ring on the stack") {
    run sample, under: [bare, deprivileged, paravirtual, translated, hardware]
    expect deprivileged.diverges(because: CALL)
    expect paravirtual.diverges(because: CALL)     // a ported kernel has no use for it
    expect translated.equivalent
    expect hardware.equivalent
}
