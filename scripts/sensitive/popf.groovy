// POPF outside ring 0 leaves IF and IOPL alone, and does not say so. ../popf.groovy shows it at length.
def sample = guest('popf') {
    kernel {
        enableInterrupts
        saveFlags
        and dword[esp], ~IF
        popfd                        // meant to clear IF; restoreFlags would
        saveFlags
        pop eax
        checkpoint 'flags', eax
        halt
    }
}

server { year 2006 }               // VMX, no UMIP

experiment("POPF loses IF") {
    run sample, under: [bare, deprivileged, paravirtual, translated, hardware]
    expect deprivileged.diverges(because: POPF)
    expect paravirtual.diverges(because: POPF)     // a ported kernel has no use for it
    expect translated.equivalent
    expect hardware.equivalent
}
