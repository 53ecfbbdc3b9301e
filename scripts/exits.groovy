// What leaves the guest under hardware assist of the first generation: page faults, CR3, I/O and CPUID do; flags, segments,
// system calls and faults of programs do not.
def kernel = guest('a bit of everything') {
    paging true
    tss esp0: 0x8f000
    kernel {
        cli
        pushfd
        popfd
        mov eax, ds
        mov ds, ax
        sgdt [0x180000]
        mov eax, cr0                 // read from the shadow
        mov eax, cr3                 // exits
        mov cr3, eax                 // exits
        cpuid                        // always exits
        in al, 0x80                  // exits
        rdtsc
        enterUser
    }
    interrupt(0x80, dpl: 3) { iretd }
    interrupt 0, {
        add dword[esp], 2
        iretd
    }
    interrupt 13, { hlt }            // exits
    user {
        int 0x80
        xor ecx, ecx
        div ecx
        hlt                          // #GP: the guest's own business
    }
}

server { year 2005 }

experiment('What exits') {
    run kernel, under: [bare, hardware, deprivileged]
    expect hardware.equivalent
    expect deprivileged.diverges(because: PUSHF)
    table  direct, emulated, hiddenFaults, cycles, bill
}
