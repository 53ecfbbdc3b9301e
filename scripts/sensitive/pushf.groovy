// PUSHF stores IF as it is in the processor: under a VMM always 1, else the VMM could not be interrupted.
def sample = guest('pushf') {
    kernel {
        disableInterrupts            // CLI traps: the virtual IF is 0
        pushfd
        pop eax
        checkpoint 'flags', eax
        halt
    }
}

server { year 2006 }               // VMX, no UMIP

experiment("PUSHF shows the real IF") {
    run sample, under: [bare, deprivileged, paravirtual, translated, hardware]
    expect deprivileged.diverges(because: PUSHF)
    expect paravirtual.diverges(because: PUSHF)     // a ported kernel has no use for it
    expect translated.equivalent
    expect hardware.equivalent
}
