// Page-table updates of a ported kernel: a hypercall for each PTE, or a multicall for up to 64. A call is a world switch
// to the VMM and back, whoever keeps the tables; a batch pays it once. With direct memory each update is a validated store
// into the table that the hardware walks; with shadow memory the VMM writes the guest's table and lets its shadow follow.
def WINDOW = 0x400000
def FRAME = 0x200000

def updates = { count, rounds, batched ->
    guest("$count PTEs") {
        paging true
        kernel {
            mov dword[0x90000], rounds
            again:
            if (batched) {
                (0..<count).collate(64).each { batch ->
                    multicall {
                        for (n in batch) setPte WINDOW + n * 0x1000, FRAME + n * 0x1000 | 3
                    }
                }
            } else {
                for (n in 0..<count) setPte WINDOW + n * 0x1000, FRAME + n * 0x1000 | 3
            }
            dec dword[0x90000]
            jnz again
            halt
        }
    }
}
measure('updates of PTEs') {
    under bare, paravirtual, paravirtual(memory: 'direct')
    repeat 5, 25
    for (count in [1, 8, 64, 512]) {
        bench("$count PTE${count > 1 ? "s" : ""}, single calls") { n -> updates(count, n, false) }
        if (count > 1) bench("$count PTEs, multicalls") { n -> updates(count, n, true) }
    }
}
