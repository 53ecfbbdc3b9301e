// The desk at which a service VM gets the requests of the guests whose disk it works:
//
//   NAME_probe                        asks for the desk's interrupts
//   NAME_take                         sleeps until there is a request; EAX = 0 read, 1 write, 2 flush; EBX sector, ECX sectors
//   NAME_fetch     EDI buffer         the request's data comes into the buffer; CF = 1: it could not be copied
//   NAME_deliver   ESI buffer         the buffer goes into the request's data; likewise
//   NAME_complete  EAX 0 for well     the request is done
//
// All other registers are kept; they are called with interrupts off.

driver('service-desk') {
    about 'the desk of a service VM: requests of other guests, and copies of their data'
    setting base: 0x5700, irq: 10
    code {
        probe:
        push eax
        enableLine irq
        pop eax
        ret

        take:
        push edx
        .look:
        mov dx, base
        in eax, dx
        test eax, eax
        jnz .there
        waitForInterrupt
        jmp .look
        .there:
        out dx, eax
        mov dx, base + 8
        in eax, dx
        mov ebx, eax
        mov dx, base + 12
        in eax, dx
        mov ecx, eax
        mov dx, base + 4
        in eax, dx
        pop edx
        ret

        fetch:
        push edi
        push dword 1
        jmp copy

        deliver:
        push esi
        push dword 2
        copy:                                    // on the stack: direction, buffer
        push eax
        push edx
        mov eax, [esp + 12]
        mov dx, base + 20
        out dx, eax
        mov eax, [esp + 8]
        mov dx, base + 24
        out dx, eax
        in eax, dx
        cmp eax, 1                               // 0 is well
        cmc
        pop edx
        pop eax
        lea esp, [esp + 8]
        ret

        complete:
        push edx
        mov dx, base + 28
        out dx, eax
        pop edx
        ret
    }
    interrupt {
        mov dx, base
        in eax, dx                               // the line falls; whoever takes requests looks for them
    }
}
