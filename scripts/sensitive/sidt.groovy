// SIDT as SGDT: the red pill of 2004.
def sample = guest('sidt') {
    kernel {
        sidt [limit]
        checkpoint 'idtr', dword[base], word[limit]
        halt
    }
    data {
        limit: dw 0
        base:  dd 0
    }
}

server { year 2006 }               // VMX, no UMIP

experiment("SIDT shows the VMM's table") {
    run sample, under: [bare, deprivileged, paravirtual, translated, hardware]
    expect deprivileged.diverges(because: SIDT)
    expect paravirtual.diverges(because: SIDT)     // a ported kernel has no use for it
    expect translated.equivalent
    expect hardware.equivalent
}
