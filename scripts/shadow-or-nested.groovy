// Shadow tables make a change of a page table dear, nested tables a TLB miss. Which pays depends on how many misses the
// guest has for each entry that it writes.
//   shadow   The writing instruction traps and is emulated, INVLPG and the next use exit. A miss walks 2 references.
//   nested   The guest writes and flushes by itself. A miss walks (2 + 1)(4 + 1) - 1 = 14 references.
// So it is reported of real machines: programs that make and drop mappings gain much by nested paging, programs that miss
// the TLB all the time lose by it. `--plot FILE` draws both pictures.
server {
    year 2010
    tlb entries: 64, ways: 4
}

def WINDOW = 0x400000                // pages that are read
def SPAN = 0x200000                  // 512 of them, in turn: eight times what the TLB holds, so that each read misses
def MOVED = 0x800000                 // the pages that are mapped elsewhere

/** A round maps pages elsewhere and uses them, one after the other, and reads others that the TLB does not know. */
def rounds = { pages, writes, n ->
    guest("$pages pages read, $writes PTEs written") {
        paging true
        kernel {
            mov edi, WINDOW
            known:                                       // shadows and nested tables know all of them
            mov eax, [edi]
            add edi, 0x1000
            cmp edi, WINDOW + SPAN
            jne known
            mov edi, WINDOW
            mov ebp, n
            round:
            for (k in 0..<writes) {
                setPte MOVED + k * 0x1000, 0xa00000 + k * 0x1000 | 3
                flushPage MOVED + k * 0x1000
                mov eax, [MOVED + k * 0x1000]
            }
            if (pages > 0) {
                mov ecx, pages
                next:
                mov eax, [edi]
                add edi, 0x1000
                and edi, SPAN - 1
                or edi, WINDOW
                dec ecx
                jnz next
            }
            dec ebp
            jnz round
            hlt
        }
    }
}

// (a) One entry written, and ever more misses: a database with its working set, say.
sweep('TLB misses for each PTE written') {
    under bare, hardware(policy: 'cached'), hardware(policy: 'unsync'), hardware(memory: 'nested')
    over 'pages read a round', 0, 8, 16, 32, 64, 128, 256
    repeat 8, 40
    bench { pages, n -> rounds(pages, 1, n) }
    table reference, hiddenFaults, traceFaults, exits
}
// (b) As many misses, and ever more entries written: processes that are made and go, say.
sweep('PTEs written for each 256 TLB misses') {
    under bare, hardware(policy: 'cached'), hardware(policy: 'unsync'), hardware(memory: 'nested')
    over 'PTEs written a round', 0, 1, 2, 4, 8, 16, 32
    repeat 8, 40
    bench { writes, n -> rounds(256, writes, n) }
    table reference, hiddenFaults, traceFaults, exits
}
