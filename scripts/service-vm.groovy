// A service VM owns the real disk by passthrough and works it for two guests, whose disks are split devices with their back end
// in that VM. 4 KiB of a guest: its front end's ring, an event to the service VM, the disk's DMA into the service VM's memory, one
// copy by the VMM between the two memories, an event back. Each guest writes 64 times 4 KiB and reads them again: 128 requests,
// so the desk has 256, the disk too, and 256 * 4096 bytes are copied there; at a front end 17 bytes a request, its header and
// its state. The guests grant each buffer for as long as its request lasts: nothing else of theirs is ever copied.
def diskDomain = guest('disk domain') {
    include driver('ide-dma'), as: 'disk'
    include driver('service-desk'), as: 'desk'
    kernel {
        call disk_probe
        call desk_probe
        mov esi, 0x300000                        // one buffer: 64 KiB is the most that is asked for at once
        mov edi, esi
        next:
        call desk_take
        cmp eax, 1
        je write
        ja flush
        call disk_read
        jc fail
        call desk_deliver
        jmp done
        write:
        call desk_fetch
        jc fail
        call disk_write
        jmp done
        flush:
        call disk_flush
        done:
        sbb eax, eax                             // CF says how it went
        call desk_complete
        jmp next
        fail:
        stc
        jmp done
    }
}

/** Writes its own pattern over so many times 4 KiB, 16 requests a notification, and reads all of it back. */
def client(String name, int pattern, int requests) {
    guest(name) {
        include driver('virtio-blk'), as: 'disk', grants: true, domain: 1      // to the service VM, page by page
        kernel {
            call disk_probe
            checkpoint 'sectors', eax
            mov edi, 0x300000
            mov ecx, 16 * 1024
            mov eax, pattern
            fill:
            stosd
            add eax, 0x9e3779b1
            loop fill
            mov dword[operation], 1
            call all
            mov edi, 0x300000
            xor eax, eax
            mov ecx, 16 * 1024
            rep stosd
            mov dword[operation], 0
            call all
            xor eax, eax
            mov esi, 0x300000
            mov ecx, 16 * 1024
            add_up:
            add eax, [esi]
            add esi, 4
            loop add_up
            checkpoint 'sum of what was read', eax
            checkpoint 'failed', dword[failed]
            halt

            all:
            xor ebp, ebp
            .some:
            mov edi, table
            mov ecx, 16
            .request:
            mov eax, [operation]
            stosd
            lea eax, [ebp * 8]
            stosd
            mov eax, 8
            stosd
            mov eax, ebp
            and eax, 15
            shl eax, 12
            add eax, 0x300000
            stosd
            mov eax, -1
            stosd
            inc ebp
            loop .request
            mov esi, table
            mov ecx, 16
            call disk_batch
            add [failed], eax
            cmp ebp, requests
            jb .some
            ret
        }
        data {
            operation: dd 0
            failed: dd 0
            table: resb 20 * 16
        }
    }
}

server {
    year 2008
    iommu true
}
host('one disk, a service VM, two guests') {
    vm 'disk domain', guest: diskDomain, under: hardware, devices: 'passthrough', disk: 2.MiB, serves: true
    vm 'a', guest: client('writes a', 0x1234, 64), under: hardware, devices: 'granted', served: 'disk domain'
    vm 'b', guest: client('writes b', 0x98765, 64), under: translated, devices: 'granted', served: 'disk domain'
    budget 200.ms
    expect vm('a').stops('halt')
    expect vm('b').stops('halt')
    table run, steal, idle, switches, exits, requests, bytesCopied
}
