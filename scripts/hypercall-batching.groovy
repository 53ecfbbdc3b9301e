// Eight page-table entries and eight flushes: by single hypercalls, by one multicall, and as a kernel of ring 0 does it.
def WINDOW = 0x400000
def FRAME = 0x200000
def PAGES = 8

def mapPage(window, frame, n) {
    setPte window + n * 0x1000, frame + n * 0x1000 | 3              // present, writable
    flushPage window + n * 0x1000
}

def oneByOne = guest('single calls') {
    paging true
    kernel {
        for (n in 0..<PAGES) mapPage WINDOW, FRAME, n
        mov dword[WINDOW + 0x7000], 7
        checkpoint 'written', dword[FRAME + 0x7000]
        halt
    }
}
def allAtOnce = guest('one multicall') {
    paging true
    kernel {
        multicall {
            for (n in 0..<PAGES) mapPage WINDOW, FRAME, n
        }
        mov dword[WINDOW + 0x7000], 7
        checkpoint 'written', dword[FRAME + 0x7000]
        halt
    }
}

[oneByOne, allAtOnce].each { one ->
    experiment("Mapping $PAGES pages: $one.name") {
        run one, under: [bare, deprivileged, paravirtual]
        expect deprivileged.equivalent
        expect paravirtual.equivalent
        table hypercalls, batched, cycles
    }
}
