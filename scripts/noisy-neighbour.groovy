// One virtual machine works while its neighbours do their worst: spin, flood the VMM with exits and hypercalls, crash in a
// loop of faults, write their disks until they are full. What the worker computes, says and stores must not change; when it
// is done may, and who decides that is the scheduler.
def worker = guest('worker') {
    paging true
    tss esp0: 0x8f000
    kernel {
        enableLine 0
        startTimer 1000
        nap:                              // sleeps: gives its processor up each time
        waitForInterrupt
        cmp dword[naps], 3
        jb nap
        mov ecx, 100000
        work:                             // works: two instructions a round
        add dword[sum], ecx
        loop work
        for (n in 0..<4) {                // and changes page tables
            setPte 0x400000 + n * 0x1000, 0x300000 + n * 0x1000 | 7
            flushPage 0x400000 + n * 0x1000
            mov dword[0x400000 + n * 0x1000], n
        }
        mov esi, message
        mov ecx, end - message
        mov edx, 0xe9
        rep outsb
        checkpoint 'worked', dword[sum], dword[0x303000]
        halt
    }
    interrupt 0x20, {
        push eax
        inc dword[naps]
        endOfInterrupt
        pop eax
        returnFromInterrupt
    }
    data {
        naps: dd 0
        sum: dd 0
        message: db 'all done', 10
        end:
    }
}

def spinner = guest('spinner') {
    kernel { around: jmp around }
}
def flooder = guest('flooder') {          // asks and asks
    kernel {
        again:
        hypercall 'version'
        jmp again
    }
}
def faulter = guest('faulter') {          // no gate for the fault, none for the fault about that: the third is the last
    kernel {
        lidt [nothing]
        ud2
    }
    data {
        nothing: dw 0
        dd 0
    }
}
def hoarder = guest('hoarder') {          // writes its disk sector by sector until the disk says no
    kernel {
        store:
        mov al, 1
        mov edx, 0x1f2
        out dx, al
        mov eax, [sector]
        inc edx
        out dx, al                        // LBA bits 0 to 7
        shr eax, 8
        inc edx
        out dx, al
        shr eax, 8
        inc edx
        out dx, al
        mov al, 0xe0
        inc edx
        out dx, al
        mov al, 0x30                      // WRITE SECTORS
        inc edx
        out dx, al
        ready:
        in al, dx
        test al, 0x80
        jnz ready
        test al, 1                        // ERR: there is no such sector
        jnz full
        mov esi, 0x100000
        mov ecx, 256
        mov edx, 0x1f0
        rep outsw
        mov edx, 0x1f7
        stored:
        in al, dx
        test al, 0x80
        jnz stored
        inc dword[sector]
        jmp store
        full:
        checkpoint 'full', dword[sector]
        nop
        stay: jmp stay
    }
    data { sector: dd 0 }
}

server { year 2008; memory 4.MiB }

host('round robin: one slice after the other, whoever wants') {
    vm 'worker', guest: worker, under: hardware
    vm 'spins', guest: spinner, under: translated
    vm 'floods', guest: flooder, under: paravirtual
    vm 'crashes', guest: faulter, under: deprivileged
    vm 'hoards', guest: hoarder, under: hardware, disk: 16.KiB
    schedule roundRobin(slice: 1.ms)
    budget 20.ms
    expect vm('worker').undisturbed
    expect vm('worker').stops('halt')
    expect vm('crashes').stops('triple-fault')
    table run, steal, idle, turns, exits, hypercalls
}
host('weighted: the worker counts for three') {
    vm 'worker', guest: worker, under: hardware, weight: 3
    vm 'spins', guest: spinner, under: translated
    vm 'floods', guest: flooder, under: paravirtual
    schedule weighted(slice: 1.ms)
    budget 20.ms
    expect vm('worker').undisturbed
    table weight, run, steal, idle, turns
}
host('a scheduler of our own: whoever was woken goes first, then whoever ran least') {
    vm 'worker', guest: worker, under: hardware
    vm 'spins', guest: spinner, under: translated
    vm 'floods', guest: flooder, under: paravirtual
    schedule { now, ready -> [ready.find { it.woken } ?: ready.min { it.run }, 250.us] }
    budget 20.ms
    expect vm('worker').undisturbed
    table run, steal, idle, turns
}
