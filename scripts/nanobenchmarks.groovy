// The seven nanobenchmarks of Adams & Agesen (ASPLOS 2006): one operation each, what it makes the VMM do, what that costs.
// Their table stands below the model, which has not seen it: its prices have other sources. CR8 exists in 64-bit mode
// alone; CLI and STI take its part: they too decide which interrupts get through.
def PTE = 0x5000 + 4*0x3ff          // the page-table entry of 003ff000, in the table that maps the kernel

def kernelLoop(n, body) {
    guest('kernel loop') {
        paging true
        kernel {
            mov edi, n
            again:
            body()
            dec edi
            jnz again
            hlt
        }
        code('callee', at: 0x160000) { ret }
    }
}

def userLoop(n, body) {
    guest('user loop') {
        paging true
        unmap 0x401000
        tss esp0: 0x8f000
        kernel {
            xor edx, edx
            mov ecx, 0x174           // SYSENTER_CS, _ESP, _EIP
            mov eax, 8
            wrmsr
            mov ecx, 0x175
            mov eax, 0x8f000
            wrmsr
            mov ecx, 0x176
            mov eax, service
            wrmsr
            enterUser user, IF
        }
        code('service', at: 0x160000) {
            sti                      // SYSENTER cleared IF
            sysexit
        }
        interrupt 0, {
            add dword[esp], 2        // behind the DIV
            iretd
        }
        interrupt 13, { hlt }        // the program is done
        interrupt 14, {
            add esp, 4
            add dword[esp], 2        // behind the MOV
            iretd
        }
        user {
            mov edi, n
            mov ecx, esp
            mov edx, back
            xor esi, esi
            mov ebx, 0x401000
            again:
            body()
            back:
            dec edi
            jnz again
            hlt                      // privileged
        }
    }
}

server { year 2005 }                 // a Pentium 4 with VT-x, as theirs

// Both VMMs keep shadow page tables in step by write traces, as theirs did; with policy: 'unsync', which came later, ptemod
// costs next to nothing.
measure('Nanobenchmarks') {
    under bare, translated(policy: 'cached'), hardware(policy: 'cached')
    repeat 272, 816                  // an adaptive site: 16 traps, 256 callouts, and again
    source 'Adams & Agesen 2006, cycles of a 3.8 GHz Pentium 4 672; native, software and hardware VMM'
    bench('syscall',  published: [242, 2242, 242])    { n -> userLoop(n)   { sysenter; } }
    bench('in',       published: [3209, 214, 15826])  { n -> kernelLoop(n) { in al, 0x80 } }
    bench('cr8wr',    published: [140, 35, 140])      { n -> kernelLoop(n) { cli; sti } }
    bench('call/ret', published: [11, 51, 11])        { n -> kernelLoop(n) { call callee } }
    bench('pgfault',  published: [1093, 3927, 11242]) { n -> userLoop(n)   { mov al, [ebx] } }
    bench('divzero',  published: [889, 3223, 1014])   { n -> userLoop(n)   { div esi } }
    bench('ptemod',   published: [1, 391, 12733])     { n -> kernelLoop(n) { xor dword[PTE], 0x200 } }
    vary 30
}

// A callout reads the port three times faster than the bus. Theirs was fifteen times faster: it read the model of the chipset
// in the cache. A rule does so here, for a guest that never writes the port, with less work than a whole chipset asks for.
rule('in from port 80') {
    match IN, when: { op1 == '0x80' }
    emit { mov al, 0xff }
}
measure('IN, emulated in the cache') {
    under bare, translated
    bench('in', published: [3209, 214]) { n -> kernelLoop(n) { in al, 0x80 } }
    source 'Adams & Agesen 2006'
}
