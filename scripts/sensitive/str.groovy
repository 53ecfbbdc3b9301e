// STR stores the selector of the task that the processor runs: it has the VMM's, for the VMM's ring-0 stack.
def sample = guest('str') {
    tss esp0: 0x8f000
    kernel {
        str eax
        checkpoint 'tr', ax
        halt
    }
}

server { year 2006 }               // VMX, no UMIP

experiment("STR shows the VMM's task") {
    run sample, under: [bare, deprivileged, paravirtual, translated, hardware]
    expect deprivileged.diverges(because: STR)
    expect paravirtual.diverges(because: STR)     // a ported kernel has no use for it
    expect translated.equivalent
    expect hardware.equivalent
}
