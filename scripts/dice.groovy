// A device in a few lines: six-sided dice behind a port, thrown from the experiment's seed.
device('dice') {
    ports 0x500
    read { port, width -> random.nextInt(6) + 1 }
}

def player = guest('player') {
    kernel {
        mov dx, 0x500
        xor ebx, ebx
        mov ecx, 3
        again:
        in al, dx
        movzx eax, al
        add ebx, eax
        loop again
        checkpoint 'sum of three', ebx
        hlt
    }
}

experiment('dice') {
    run player, under: [bare, deprivileged]
    expect deprivileged.equivalent
    table  direct, emulated, hiddenFaults
}
