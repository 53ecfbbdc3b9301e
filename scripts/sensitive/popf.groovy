// POPF outside ring 0 leaves IF and IOPL alone, and does not say so. ../popf.groovy shows it at length.
def sample = guest('popf') {
    kernel {
        sti
        pushfd
        and dword[esp], ~IF
        popfd                        // meant to clear IF
        pushfd
        pop eax
        checkpoint 'flags', eax
        hlt
    }
}

server { year 2006 }               // VMX, no UMIP

experiment("POPF loses IF") {
    run sample, under: [bare, deprivileged, translated, hardware]
    expect deprivileged.diverges(because: POPF)
    expect translated.equivalent
    expect hardware.equivalent
}
