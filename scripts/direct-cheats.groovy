// A ported kernel whose own page tables the processor walks tries what it may not have. Each answer is in EAX:
//   00000000, 00000001   done (an update says how many entries it wrote)
//   ffffffff  EPERM      no guest may: a large page, the VMM's slot, bits that are not a guest's
//   fffffff2  EFAULT     the kernel itself could not write there, so no call writes there for it
//   fffffff0  EBUSY      the page has another use now: unmap it, unpin it, map it read-only, and ask again
//   ffffffea  EINVAL     it leads to nothing of the guest's, or what is to be ended never began
//   ffffffda  ENOSYS     there are no types of frames with this memory
// With shadow memory the same kernel's tables are its own to write, and most is allowed: what the processor walks is the
// VMM's copy, which never holds more than a guest may reach.
def DIRECTORY = 0x4000
def TABLE = 0x8000              // that of the last 4 MiB which 'paging true' maps
def GDT = 0x1000
def SHARED = 0x91000
def A = 0x300000
def B = 0x301000
def WINDOW = 0x302000
def READ = 1
def WRITE = 3
def LARGE = 0x80
def GLOBAL = 0x100
def FLUSH = 1
def OWN = 1023                  // the directory's entry for the VMM's part of linear space

def cheat = guest('cheat') {
    paging true
    tss esp0: 0x8f000
    kernel {
        // tables that could be written
        hypercall 'update_va_mapping', WINDOW, TABLE | WRITE, FLUSH
        checkpoint 'a table for writing', eax
        hypercall 'update_va_mapping', WINDOW, TABLE | READ, FLUSH
        checkpoint 'a table for reading', eax
        xor ecx, ecx
        mov [TABLE], eax
        checkpoint 'a store to it faults', ecx
        hypercall 'pin_table', A, 0
        checkpoint 'a table that is mapped for writing', eax
        mov dword[A], A | WRITE
        hypercall 'update_va_mapping', A, A | READ, FLUSH
        hypercall 'pin_table', A, 0
        checkpoint 'one that maps itself', eax
        hypercall 'update_va_mapping', A, A | WRITE, FLUSH
        mov dword[A], 0
        hypercall 'update_va_mapping', A, A | READ, FLUSH

        // types and pins
        hypercall 'pin_table', A, 0
        checkpoint 'a page like any', eax
        hypercall 'pin_table', A, 0
        checkpoint 'pinned twice', eax
        hypercall 'pin_table', A, 1
        checkpoint 'a directory too', eax
        hypercall 'update_va_mapping', A, A | WRITE, FLUSH
        checkpoint 'written while pinned', eax
        hypercall 'unpin_table', A
        checkpoint 'unpinned', eax
        hypercall 'unpin_table', A
        checkpoint 'unpinned twice', eax
        hypercall 'mmu_update', self, 1
        checkpoint 'a directory in itself', eax

        // entries that no guest may have
        hypercall 'mmu_update', large, 1
        checkpoint 'a large page', eax
        hypercall 'mmu_update', region, 1
        checkpoint 'over the VMM', eax
        hypercall 'update_va_mapping', WINDOW, A | READ | GLOBAL, FLUSH
        checkpoint 'a global page', eax
        hypercall 'update_va_mapping', WINDOW, 0x1000000 | WRITE, FLUSH
        checkpoint 'a frame beyond memory', eax

        // descriptor tables, and calls that would write tables
        hypercall 'update_va_mapping', WINDOW, GDT | WRITE, FLUSH
        checkpoint 'the GDT for writing', eax
        hypercall 'set_ldt', B, 1
        checkpoint 'descriptors that can be written', eax
        hypercall 'set_shared_page', TABLE
        checkpoint 'a table as shared page', eax
        hypercall 'set_shared_page', SHARED
        hypercall 'get_time', TABLE
        checkpoint 'the time into a table', eax

        // a batch goes on past what is refused
        hypercall 'multicall', calls, 3
        checkpoint 'three calls', eax, dword[calls + 24], dword[calls + 56], dword[calls + 88]
        halt
    }
    interrupt(14) {                             // of the one store, which is five bytes long
        pop ecx
        add dword[esp], 5
        returnFromInterrupt
    }
    data {
        self: dd DIRECTORY + 4 * 1000, DIRECTORY | READ
        large: dd DIRECTORY + 4 * 5, 0x400000 | LARGE | WRITE
        region: dd DIRECTORY + 4 * OWN, A | READ
        calls: dd 10, WINDOW, B | READ, FLUSH, 0, 0, 0, 0
        dd 10, WINDOW, TABLE | WRITE, FLUSH, 0, 0, 0, 0
        dd 10, WINDOW, B | READ, FLUSH, 0, 0, 0, 0
    }
}

experiment('What a kernel with its own page tables is refused') {
    run cheat, under: [paravirtual(memory: 'direct'), paravirtual]
    expect paravirtual(memory: 'direct').stops('halt')
    expect paravirtual.stops('halt')
    table refused
}
