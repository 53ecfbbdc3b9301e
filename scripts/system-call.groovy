// A kernel with paging, a task and a program in ring 3 that asks it for something: all of it guest code.
def SYSTEM_CALL = 0x80

def print(label, length) {          // a macro: a method of the script
    mov esi, label
    mov ecx, length
    mov dx, 0xe9
    rep outsb
}

def kernel = guest('system call') {
    paging true
    tss esp0: 0x8f000

    kernel {
        enterUser
    }
    interrupt(SYSTEM_CALL, dpl: 3) {
        print message, end - message
        checkpoint 'call', eax
        iretd
    }
    interrupt 13, {
        pop ebx                      // the error code
        checkpoint 'fault', ebx
        hlt
    }
    data {
        message: db 'hello from ring 3', 10
        end:
    }
    user {
        mov eax, 42
        int SYSTEM_CALL
        hlt                          // privileged: the kernel hears of it
    }
}

experiment('a system call and a fault') {
    run kernel, under: [bare, deprivileged]
    expect deprivileged.equivalent
}
