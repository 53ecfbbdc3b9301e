// Where translated code leaves a unit for an address known beforehand, it traps to the VMM at first. Chaining makes that
// place a jump once the target is translated; without it every exit traps, each time.
def sum = guest('sum') {
    kernel {
        mov ecx, 1000
        xor eax, eax
        again:
        test cl, 1
        jz even
        add eax, ecx
        even:
        dec ecx
        jnz again
        checkpoint 'sum of the odd', eax
        hlt
    }
}
experiment('Chaining on and off') {
    run sum, under: [bare, translated, translated(chaining: false)]
    expect translated.equivalent
    expect translated(chaining: false).equivalent
    table units, chainedExits, unchainedExits, chainedShare, callouts, simulated, cycles, bill
}
