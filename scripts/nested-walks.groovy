// What a TLB miss costs: references to page tables for one 4 KiB page, paging-structure caches off. A guest with two levels
// of tables makes 2. In two dimensions each of the guest's entries, and the page itself, takes a walk of its own through
// the VMM's tables: (n + 1)(m + 1) - 1 references for n levels in the guest and m below it.
//   n = 2, m = 2 (ordinary tables, as nested paging of a 32-bit host has them)   8     with large pages, m = 1   5
//   n = 2, m = 4 (EPT)                                                          14     with large pages, m = 3  11
// Shadow tables are walked in one dimension; here they have the PAE format, whose top level sits in registers: 2.
server {
    year 2010
    frames 'contiguous'                  // large pages need machine memory in one piece
}

// memory whose large pages are large ones of the machine too: contiguous, away from screen and ROM
def touch(n) {
    guest('touch') {
        paging true
        kernel {
            mov ebp, n
            mov edi, 0x800000
            again:
            mov eax, [edi]                   // maps it, wherever that takes the VMM
            invlpg [edi]
            mov eax, [edi]                   // one miss
            dec ebp
            jnz again
            hlt
        }
    }
}
measure('references of one TLB miss') {
    under bare, hardware(memory: 'nested', format: 'npt'), hardware(memory: 'nested', format: 'npt', pages: 'large')
    repeat 20, 120
    bench('INVLPG and a read') { n -> touch(n) }
}
measure('the same, with EPT') {
    under bare, hardware(memory: 'nested'), hardware(memory: 'nested', pages: 'large')
    repeat 20, 120
    bench('INVLPG and a read') { n -> touch(n) }
}
// the VMM hears of each INVLPG, and fills its own entry anew
measure('the same, with shadow tables') {
    under bare, hardware
    repeat 20, 120
    bench('INVLPG and a read') { n -> touch(n) }
}
