// SIDT as SGDT: the red pill of 2004.
def sample = guest('sidt') {
    kernel {
        sidt [limit]
        checkpoint 'idtr', dword[base], word[limit]
        hlt
    }
    data {
        limit: dw 0
        base:  dd 0
    }
}

server { year 2006 }               // VMX, no UMIP

experiment("SIDT shows the VMM's table") {
    run sample, under: [bare, deprivileged, translated, hardware]
    expect deprivileged.diverges(because: SIDT)
    expect translated.equivalent
    expect hardware.equivalent
}
