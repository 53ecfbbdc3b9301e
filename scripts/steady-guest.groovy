// What a VMM costs a guest that maps nothing, loads no CR3 and computes within the TLB: nothing faults or misses, and what
// is left is the timer, 100 times a second. Each repetition is one period: a million instructions over 32 pages, an
// interrupt, its handler. At most 5% more cycles than on the bare machine are modelled, whoever keeps the tables.
server {
    year 2010
    tlb entries: 64, ways: 4
}

def PAGES = 0x300000

def steady = { periods ->
    guest("$periods periods") {
        paging true
        kernel {
            enableLine 0
            startTimer 100
            enableInterrupts
            mov esi, PAGES
            work:
            add eax, [esi]
            xor eax, esi
            rol eax, 5
            mov [esi + 4], eax
            add esi, 0x1000
            cmp esi, PAGES + 32 * 0x1000
            jb same
            mov esi, PAGES
            same:
            cmp dword[ticks], periods
            jb work
            disableInterrupts
            halt
        }
        interrupt 0x20, {
            push eax
            inc dword[ticks]
            endOfInterrupt
            pop eax
            returnFromInterrupt
        }
        data { ticks: dd 0 }
    }
}
measure('a steady guest, one period of its timer') {
    under bare, deprivileged, hardware, hardware(memory: 'nested')
    repeat 1, 4
    bench('1,000,000 instructions') { n -> steady(n) }
}
