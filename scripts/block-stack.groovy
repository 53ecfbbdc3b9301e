// What stands between a guest's disk and its content is the same for every device: a queue that several disks share, the time
// that the storage takes, limits, and trouble made to order. The guest sees an I/O error where trouble says so, and the user
// reads why.
storage('spindle') {
    size 16.MiB
    request 100.us                   // whatever the request
    seek 8.ms                        // from the first sector to the last
    rate 20.MiB                      // a second
}
server {
    year 2006
    disk 'data', size: 1.MiB, storage: 'spindle', limit: [requests: 100], trouble: [on: 'write', every: 3]
}
def persistent = guest('persistent') {
    include driver('ide-dma'), as: 'disk'
    kernel {
        call disk_probe
        mov ebp, 6                   // six requests of 8 sectors, each until it is done
        xor ebx, ebx
        mov esi, 0x300000
        next:
        mov ecx, 8
        again:
        call disk_write
        jnc done
        inc edx
        jmp again
        done:
        add ebx, 100
        dec ebp
        jnz next
        checkpoint 'tried again', edx
        halt
    }
}
experiment('limits and trouble') {
    run persistent, under: [bare, hardware, translated]
    expect hardware.equivalent
    expect translated.equivalent
    table requests, injectedFaults, throttledTicks, serviceTicks
}

// One reads 100 times 64 sectors, two read 20 times 8. Each has one request at a time, on its own third of the spindle. First come,
// first served: a round of the three is 80 sectors, 2 ms, and the way there and back, 10.7 ms less what was read. The elevator
// takes whoever lies ahead: the second disk is on the way to the third, and back. Fair: who had less service goes first.
def reader(String name, int sectors, int times) {
    guest(name) {
        include driver('ide-dma'), as: 'disk'
        kernel {
            call disk_probe
            mov ebp, times
            xor ebx, ebx
            mov edi, 0x300000
            next:
            mov ecx, sectors
            call disk_read
            add ebx, sectors
            dec ebp
            jnz next
            halt
        }
    }
}
def greedy = reader('greedy', 64, 100), modest = reader('modest', 8, 20)
for (discipline in ['fifo', 'elevator', 'fair']) {
    storage(discipline) {
        size 12.MiB
        queue discipline
        seek 8.ms
        rate 20.MiB
    }
    server {
        year 2006
        disk 'data', size: 4.MiB, storage: discipline
    }
    host("three readers of one spindle, $discipline") {
        vm 'greedy', guest: greedy, under: hardware
        vm 'one', guest: modest, under: hardware
        vm 'two', guest: modest, under: hardware
        budget 1000.ms
        table stopped, requests, serviceTicks, queueTicks, idle
    }
}
