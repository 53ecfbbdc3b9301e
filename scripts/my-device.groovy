// A device of one's own: registers by name, a timer that interrupts, and a transfer into the guest's memory.
def sampler = device('sampler') {
    ports 0x510..0x51f
    irq 5
    register 'control', at: 0, access: 'rw', about: 'bit 0: sample'
    register 'status', at: 1, access: 'w1c', about: 'bit 0: a sample is there; write 1 to clear'
    register 'sample', at: 2, bits: 16, access: 'ro', reset: 0xffff, about: 'the latest sample'
    register 'target', at: 4, bits: 32, about: 'where in memory samples go'
    register 'go', at: 8, access: 'wo', about: 'any value: copies the latest sample to the target', write: { value -> startDma(20.us) }
    register 'square', at: 12, bits: 32, access: 'ro', about: 'sample * sample', read: { sample * sample }

    every(1.ms) {
        if (control & 1) {
            sample = random.nextInt(1000)
            status = status | 1
            interrupt()
        }
    }
    dma {
        memory.write32(target, sample)
        memory.write8(target + 4, 0x21)
    }
}
println sampler.reference

server { year 2005 }                 // the first with VMX

def reader = guest('reader') {
    kernel {
        cli
        mov al, 0x11                     // both 8259: vectors 20h and 28h, all but line 5 masked
        out 0x20, al
        mov al, 0x20
        out 0x21, al
        mov al, 4
        out 0x21, al
        mov al, 1
        out 0x21, al
        mov al, ~0x20 & 0xff
        out 0x21, al
        mov dx, 0x514
        mov eax, 0x190000
        out dx, eax
        mov dx, 0x510
        mov al, 1
        out dx, al
        xor ebx, ebx
        again:
        sti
        hlt                              // three samples
        cmp ebx, 3
        jb again
        cli
        mov dx, 0x51c
        in eax, dx
        checkpoint 'square', eax
        mov dx, 0x518
        out dx, al
        mov ecx, 3000                    // longer than the transfer takes
        loop $
        checkpoint 'transferred', dword[0x190000], byte[0x190004]
        hlt
    }
    interrupt(0x25) {
        push eax
        push edx
        mov dx, 0x512
        in ax, dx
        mov word[0x180000 + ebx*2], ax
        inc ebx
        mov dx, 0x511
        mov al, 1
        out dx, al
        mov al, 0x20
        out 0x20, al
        pop edx
        pop eax
        iret
    }
}

experiment('a device of a script') {
    run reader, under: [bare, deprivileged, hardware]
    expect deprivileged.equivalent
    expect hardware.equivalent
    table  exits, emulated
}
