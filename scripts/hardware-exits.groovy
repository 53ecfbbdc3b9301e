// What makes a guest under hardware assist exit? Each action is done 100 times more; the table says what one of them takes.
// The controls that the VMM sets decide: CPUID always exits, ports and MSRs because the VMM asks for it; CLI, STI, POPF,
// system calls and the guest's own faults never leave the guest. With shadow page tables the VMM must hear of every CR3
// load, INVLPG and page fault too; with nested ones (a server of 2008 or later) it need not.
server { year 2010 }

measure('exits of one action, with shadow and with nested page tables') {
    under bare, hardware, hardware(memory: 'nested')
    repeat 20, 120
    bench('CLI, STI') { n -> guest('a') { kernel { mov ebp, n; again:; cli; sti; dec ebp; jnz again; hlt } } }
    bench('PUSHF, POPF') { n -> guest('b') { kernel { mov ebp, n; again:; pushfd; popfd; dec ebp; jnz again; hlt } } }
    bench('MOV from CR0') { n -> guest('c') { kernel { mov ebp, n; again:; mov eax, cr0; dec ebp; jnz again; hlt } } }
    bench('CLTS') { n -> guest('d') { kernel { mov ebp, n; again:; clts; dec ebp; jnz again; hlt } } }
    bench('SGDT') { n -> guest('e') { kernel { mov ebp, n; again:; sgdt [0x180000]; dec ebp; jnz again; hlt } } }
    bench('RDTSC') { n -> guest('f') { kernel { mov ebp, n; again:; rdtsc; dec ebp; jnz again; hlt } } }
    bench('INT 80h, IRET') { n ->
        guest('g') {
            kernel { mov ebp, n; again:; int 0x80; dec ebp; jnz again; hlt }
            interrupt(0x80) { iret }
        }
    }
    bench('#UD, IRET') { n ->
        guest('h') {
            kernel { mov ebp, n; again:; ud2; dec ebp; jnz again; hlt }
            interrupt(6) { add dword[esp], 2; iret }
        }
    }
    bench('CPUID') { n -> guest('i') { kernel { mov ebp, n; again:; cpuid; dec ebp; jnz again; hlt } } }
    bench('IN') { n -> guest('j') { kernel { mov ebp, n; again:; in al, 0x80; dec ebp; jnz again; hlt } } }
    bench('RDMSR') { n -> guest('k') { kernel { mov ebp, n; mov ecx, 0x174; again:; rdmsr; dec ebp; jnz again; hlt } } }
    bench('MOV to CR0 (WP)') { n ->
        guest('l') {
            paging true
            kernel { mov ebp, n; mov eax, cr0; again:; xor eax, WP; mov cr0, eax; dec ebp; jnz again; hlt }
        }
    }
    bench('MOV to CR3') { n ->
        guest('m') {
            paging true
            kernel { mov ebp, n; mov eax, cr3; again:; mov cr3, eax; dec ebp; jnz again; hlt }
        }
    }
    bench('INVLPG') { n ->
        guest('n') { paging true; kernel { mov ebp, n; again:; invlpg [0x200000]; dec ebp; jnz again; hlt } }
    }
    bench('INVLPG, touch') { n ->
        guest('o') {
            paging true
            kernel { mov ebp, n; again:; invlpg [0x200000]; mov eax, [0x200000]; dec ebp; jnz again; hlt }
        }
    }
    bench('#PF, IRET') { n ->
        guest('p') {
            paging true
            unmap 0x400000
            kernel { mov ebp, n; again:; mov eax, [0x400000]; dec ebp; jnz again; hlt }
            interrupt(14) { add dword[esp + 4], 5; add esp, 4; iret }
        }
    }
}
