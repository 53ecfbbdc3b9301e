// CLI and STI, a thousand times each: by trap, by callout, and by what stands for them in the translation cache.
// Every CLI and STI of the guest costs the VMM a trap, or a call of it, or a few instructions; the guest cannot tell.
def masks = guest('masks') {
    kernel {
        mov ecx, 1000
        again:
        cli
        inc dword[0x200000]
        sti
        dec ecx
        jnz again
        cli
        checkpoint 'counted', dword[0x200000]
        hlt
    }
}
experiment('CLI and STI three ways') {
    run masks, under: [bare, deprivileged, translated(emulation: 'trap'), translated(emulation: 'callout'), translated]
    expect deprivileged.equivalent
    expect translated(emulation: 'trap').equivalent
    expect translated(emulation: 'callout').equivalent
    expect translated.equivalent
    table callouts, inCache, simulated, cycles, bill
}
