// The road of one address. A kernel maps a page and writes to it; then the same address is followed under three memory
// strategies, each entry with who wrote it last.
//
// direct: the processor walks the kernel's own two entries, which hold machine addresses; the VMM wrote them, for hypercalls.
// nested: the kernel's own two entries again, written by its own instructions; but each PA among them, and the page's, goes
//         down four levels of nested tables: 2 + 3 * 4 = 14 references for a TLB miss.
// shadow: the processor reads no entry of the kernel's. The VMM's tables lead from LA to MA; it filled them when the write
//         faulted, and set the accessed and dirty bits that the kernel's processor would have set.
def mapping = guest('mapping') {
    paging true
    kernel {
        setPte 0x402000, 0x300000 | 3
        flushPage 0x402000
        mov dword[0x402ffc], 7
        checkpoint 'written', dword[0x402ffc]
        setPte 0x402000, 0
        flushPage 0x402000
        halt
    }
}
server { year 2008 }
experiment('one address, three roads') {
    run mapping, under: [bare, deprivileged, paravirtual(memory: 'direct'), hardware(memory: 'nested')]
    expect deprivileged.equivalent
    expect hardware(memory: 'nested').equivalent
    explain 0x402ffe, at: 'written', under: paravirtual(memory: 'direct')
    explain 0x402ffe, at: 'written', under: hardware(memory: 'nested')
    explain 0x402ffe, at: 'written', under: deprivileged
    // a write that the guest's own tables forbid in the end: a true fault, whatever lies beneath
    explain 0x402ffe, access: 'write', under: hardware(memory: 'nested')
    heat under: deprivileged
}
