// More memory promised than there is: three guests of 4 MiB on 5 MiB of machine memory. Frames are given when something is
// written, pages of equal content share one, and where no frame is left one is taken from somebody, its content kept.
def filler(name, seed) {
    guest(name) {
        kernel {
            mov ebp, 2
            again:                                 // writes 512 pages, then adds them up
            mov edi, 0x200000
            mov eax, seed
            fill:
            stosd
            imul eax, eax, 1664525
            add eax, 1013904223
            add edi, 252
            cmp edi, 0x400000
            jb fill
            mov esi, 0x200000
            xor ebx, ebx
            total:
            add ebx, [esi]
            add esi, 256
            cmp esi, 0x400000
            jb total
            checkpoint 'total', ebx
            dec ebp
            jnz again
            hlt
        }
    }
}
server { year 2008; memory 4.MiB; frames 'lazy' }
host('three guests that want more than there is') {
    vm 'a', guest: filler('a', 1), under: hardware
    vm 'b', guest: filler('b', 1), under: hardware, strategy: 'nested'
    vm 'c', guest: filler('c', 7), under: translated
    schedule roundRobin(slice: 250.us)
    machine 5.MiB
    share every: 1.ms
    reclaim every: 500.us, free: 32
    expect vm('a').undisturbed
    expect vm('b').undisturbed
    expect vm('c').undisturbed
    table run, steal, exits, memory, swapped
}
