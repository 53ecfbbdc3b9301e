// One disk, three ways: its chips emulated (hypervisor-direct), shared with the VMM's back end (split), and given to the
// guest for its own (passthrough). Each guest makes the same 1,000 requests of 4 KiB by the driver that its disk needs.

def worker(String name, int requests, int together) {
    guest("$name, $requests requests") {
        include driver(name), as: 'disk'
        kernel {
            call disk_probe
            mov edi, 0x300000                    // something to write
            mov ecx, 64*1024
            mov eax, 1
            .fill:
            stosd
            add eax, 0x9e3779b1
            loop .fill
            xor ebp, ebp
            .some:
            mov ecx, requests
            sub ecx, ebp
            jz .end
            cmp ecx, together
            jbe .fits
            mov ecx, together
            .fits:
            push ecx
            mov edi, table
            .request:                            // sector n is written, then read back
            mov eax, ebp
            not eax
            and eax, 1
            stosd
            mov eax, ebp
            shr eax, 1
            and eax, 0x3ff
            shl eax, 3
            stosd
            mov eax, 8
            stosd
            mov eax, ebp
            and eax, 63
            shl eax, 12
            add eax, 0x300000
            stosd
            mov eax, -1
            stosd
            inc ebp
            loop .request
            pop ecx
            mov esi, table
            call disk_batch
            jmp .some
            .end:
            halt
        }
        data { table: resb 20 * 64 }
    }
}

server {
    year 2008
    iommu true                                   // passthrough: DMA by the guest's own addresses
    disk 'data', size: 4.MiB
}
// Exits of a request, counted by hand. PIO: five registers and the command, then for each of its eight sectors HLT, the
// status, two ends of interrupt and the data; a write also looks once whether it may begin: 46 or 47. DMA: registers,
// command, five for the bus master, one interrupt (4), two to end it: 16. Split: a notification, HLT, two registers of the
// device, one end of interrupt: 5, or 5 for 64. Of the disk of its own the guest leaves only HLT and two ends of interrupt to
// the VMM; but that disk interrupts through the real 8259, whose ports cost 2,660 cycles an access at these prices.
models('one disk, three ways: 1,000 requests of 4 KiB') {
    requests 1000
    way('PIO', under: hardware(memory: 'nested')) { n -> worker 'ide-pio', n, 1 }
    way('multiple', under: hardware(memory: 'nested')) { n -> worker 'ide-multiple', n, 1 }
    way('DMA', under: hardware(memory: 'nested')) { n -> worker 'ide-dma', n, 1 }
    way('one by one', under: hardware(memory: 'nested', devices: 'split')) { n -> worker 'virtio-blk', n, 1 }
    way('64 at once', under: hardware(memory: 'nested', devices: 'split')) { n -> worker 'virtio-blk', n, 64 }
    way('own DMA', under: hardware(memory: 'nested', devices: 'passthrough')) { n -> worker 'ide-dma', n, 1 }
    expect alike
    expect exits: '64 at once', atMost: 1/100, of: 'PIO'
    expect cycles: 'one by one', atMost: 1/5, of: 'PIO'
    expect cycles: '64 at once', atMost: 1/5, of: 'PIO'
}
