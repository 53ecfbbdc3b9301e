// What a VMM can do about memory when the processor has no second set of tables. Option 1: map nothing, take a fault at
// every reference and serve it. Option 2: keep what was found in shadow tables, and fault only where they say nothing.
def sum = guest('sum') {
    paging true
    kernel {
        mov ecx, 50
        again:
        mov esi, 0x300000
        mov edx, 8
        next:
        add eax, [esi]               // 7 instructions a page: 7 fetches, this read,
        push eax                     // a write
        pop eax                      // and a read: 10 references
        add esi, 0x1000
        dec edx
        jnz next
        dec ecx
        jnz again
        checkpoint 'sum', eax
        hlt
    }
}
server { year 2006; tlb entries: 64, ways: 4 }
experiment('one fault a reference, or one a page') {
    run sum, under: [bare,
                     deprivileged(memory: 'perReference'), deprivileged,
                     hardware(memory: 'perReference'), hardware]
    expect deprivileged(memory: 'perReference').equivalent
    expect deprivileged.equivalent
    expect hardware(memory: 'perReference').equivalent
    expect hardware.equivalent
    table references, hiddenFaults, tlbReferences, tlbMisses, walkReferences, cycles
}
