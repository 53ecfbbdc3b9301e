// One kernel, written on privileged operations: CLI, MOV CR3, IRET... in ring 0, hypercalls in ring 1.
// It maps a page for its program on demand, serves its system call and sleeps for a device.
def PAGE = 0x400000
def FRAME = 0x300000
def RIGHTS = 7                      // present, writable, user

def kernel = guest('one guest') {
    paging true
    tss esp0: 0x8f000
    unmap PAGE

    kernel {
        enableLine 5
        enableInterrupts
        marker 5                     // here the device wants something, in every mode
        nop
        disableInterrupts
        mov eax, [served]
        checkpoint 'device', eax
        enterUser
    }
    interrupt 0x25, {                // line 5
        push eax
        inc dword[served]
        endOfInterrupt
        pop eax
        returnFromInterrupt
    }
    interrupt 14, {                  // a page on demand
        push eax
        faultVa eax
        checkpoint 'page fault', eax, dword[esp + 4]
        multicall {                  // one trap where each would be one
            setPte PAGE, FRAME | RIGHTS
            flushPage PAGE
        }
        pop eax
        add esp, 4                   // the error code
        returnFromInterrupt
    }
    interrupt(0x80, dpl: 3) {
        inc eax
        checkpoint 'system call', eax
        returnFromInterrupt
    }
    interrupt 13, {                  // the program tried HLT: it is done
        mov eax, [FRAME]
        checkpoint 'done', eax
        halt
    }
    data { served: dd 0 }
    user {
        mov eax, 41
        int 0x80
        mov [PAGE], eax              // not mapped yet
        hlt
    }
}

experiment('One guest, native and ported') {
    server { year 2006 }
    run kernel, under: [bare, deprivileged, paravirtual, translated, hardware]
    expect deprivileged.equivalent
    expect paravirtual.equivalent
    expect translated.equivalent
    expect hardware.equivalent
}
