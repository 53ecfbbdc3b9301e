// Three ways to keep shadow tables in step with the guest's. flush: forget all at each CR3 load, as a TLB does. cached: keep
// them across CR3 loads and trap every write to a page table. unsync: as cached, but a leaf table whose write trapped is
// left alone until the guest flushes. Which one pays depends on the guest.
def TABLES = 0x300000
def FRESH = 0x308000
def PAGES = 0x380000
def PRESENT = 0x27                  // writable, for users, accessed

/** Directories A and B, each with a table of its own that maps the first 4 MiB onto themselves; paging switched on. */
def tables(at) {
    for (n in 0..<2) {
        dd at + 0x2000 + n * 0x1000 + 0x27
        times 1023 dd 0
    }
    for (n in 0..<2) for (page in 0..<1024) dd page * 0x1000 + 0x27
}
def pagingOn(at) {
    mov eax, at
    mov cr3, eax
    mov eax, cr0
    or eax, PG
    mov cr0, eax
}
def touch(first, count) {
    for (n in 0..<count) mov eax, [first + n * 0x1000]
}

// 100 CR3 loads, 9 pages used after each: flush fills 900 times, the others 9 times for each of the two directories.
def switching = guest('two address spaces, taking turns') {
    code('tables', at: TABLES) { tables(TABLES) }
    kernel {
        pagingOn(TABLES)
        jmp far 0x08:paged
        paged:
        mov ecx, 50
        again:
        mov eax, TABLES + 0x1000
        mov cr3, eax
        touch(PAGES, 8)
        mov eax, TABLES
        mov cr3, eax
        touch(PAGES, 8)
        dec ecx
        jnz again
        hlt
    }
}
// A round writes 32 entries of a table, links it, uses it, unlinks it. cached traps both writes to the directory (100), and
// of those to the table, once it is known as one, three a round until it is taken for something else (147); unsync traps
// the first and then compares, finds what it knew, and fills nothing again.
def forking = guest('a table built, used and thrown away') {
    code('tables', at: TABLES) { tables(TABLES) }
    kernel {
        pagingOn(TABLES)
        jmp far 0x08:paged
        paged:
        mov ecx, 50
        again:
        mov edi, FRESH               // 32 entries of a new page table
        mov eax, PAGES + PRESENT
        mov edx, 32
        entry:
        mov [edi], eax
        add edi, 4
        add eax, 0x1000
        dec edx
        jnz entry
        mov dword[TABLES + 4], FRESH + PRESENT
        touch(0x400000, 8)
        mov dword[TABLES + 4], 0
        mov eax, cr3
        mov cr3, eax
        dec ecx
        jnz again
        hlt
    }
}
// Nothing to keep in step: all alike.
def steady = guest('one address space, at work') {
    code('tables', at: TABLES) { tables(TABLES) }
    kernel {
        pagingOn(TABLES)
        jmp far 0x08:paged
        paged:
        mov ecx, 500
        again:
        touch(PAGES, 8)
        dec ecx
        jnz again
        hlt
    }
}
for (program in [switching, forking, steady]) {
    experiment(program.name()) {
        run program, under: [bare, deprivileged(policy: 'flush'), deprivileged(policy: 'cached'), deprivileged(policy: 'unsync')]
        expect deprivileged(policy: 'flush').equivalent
        expect deprivileged(policy: 'cached').equivalent
        expect deprivileged(policy: 'unsync').equivalent
        table hiddenFaults, shadowFills, traceFaults, cycles
    }
}
