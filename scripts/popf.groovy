def popf = guest('popf') {
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

server { year 2004 }                 // no VMX, no UMIP

experiment('POPF loses IF in ring 1') {
    run popf, under: [bare, deprivileged]
    expect deprivileged.diverges(at: 'flags', because: POPF)
}
