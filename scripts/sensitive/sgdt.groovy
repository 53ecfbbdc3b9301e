// SGDT faults at no privilege level (before UMIP): a kernel in ring 1 reads where the VMM keeps its table.
def sample = guest('sgdt') {
    kernel {
        sgdt [limit]
        checkpoint 'gdtr', dword[base], word[limit]
        halt
    }
    data {
        limit: dw 0
        base:  dd 0
    }
}

server { year 2006 }               // VMX, no UMIP

experiment("SGDT shows the VMM's table") {
    run sample, under: [bare, deprivileged, paravirtual, translated, hardware]
    expect deprivileged.diverges(because: SGDT)
    expect paravirtual.diverges(because: SGDT)     // a ported kernel has no use for it
    expect translated.equivalent
    expect hardware.equivalent
}
