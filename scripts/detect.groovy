// How a guest may find out that it is virtualized: the classic probes, each with its answer in EAX: 0 looks bare, 1 does not.
// A cell that says 'equal' is a probe that tells nothing there.

// The probe's last comparison says equal where the machine looks bare.
def probe(name, body) {
    guest(name) {
        tss esp0: 0x8f000
        kernel {
            body()
            setnz al
            movzx eax, al
            checkpoint 'virtual?', eax
            hlt
        }
        interrupt 13, { hlt }
    }
}

def userProbe(name, body) {
    guest(name) {
        tss esp0: 0x8f000
        kernel { enterUser user, IF }
        user {
            body()
            setnz al
            movzx eax, al
            checkpoint 'virtual?', eax
            hlt
        }
        interrupt 13, { hlt }
    }
}

def sidtProbe = {
    sidt [0x180000]
    cmp dword[0x180002], 0x2000      // where this guest's IDT lies
}
def strProbe = {
    str eax
    cmp ax, 0x28
}
def smswProbe = {
    smsw eax
    test al, 8                       // TS: nobody here has set it
}
def lslProbe = {
    mov ecx, ds
    lsl eax, cx
    cmp eax, -1
}

server {
    year 2006                        // VMX, no UMIP
    tlb entries: 64, ways: 4
}

matrix('Can the guest tell?') {
    heading 'probe'
    under bare, deprivileged, translated, translated(user: 'translated'), hardware
    row 'SIDT: not my table',  probe('sidt', sidtProbe)
    row 'STR: not my task',    probe('str', strProbe)
    row 'SLDT: not my LDT',    probe('sldt') {
        sldt eax
        test ax, ax
    }
    row 'SMSW: TS set',        probe('smsw', smswProbe)
    row 'LSL: a limit cut',    probe('lsl', lslProbe)
    row 'CS: not in ring 0',   probe('cs') {
        mov eax, cs
        test al, 3
    }
    row 'PUSHF: IF after CLI', probe('pushf') {
        cli
        pushfd
        pop eax
        test eax, IF
    }
    row 'SIDT, a user',        userProbe('user sidt', sidtProbe)
    row 'STR, a user',         userProbe('user str', strProbe)
    row 'SMSW, a user',        userProbe('user smsw', smswProbe)
    row 'LSL, a user',         userProbe('user lsl', lslProbe)
    row 'CPUID: hypervisor bit', probe('cpuid') {
        mov eax, 1
        cpuid
        test ecx, 0x80000000
    }
    row 'time of a trap',      probe('time') {
        rdtsc
        mov esi, eax
        mov eax, cr0                 // privileged: slow under a VMM
        rdtsc
        sub eax, esi
        cmp eax, 3                   // time is virtual: a tick for each instruction of the guest
    }
    row 'TLB: how long stale', open: true, guest('tlb') {
        paging true
        kernel {
            mov eax, [0x3ff000]      // its translation is in the TLB
            mov dword[0x3fe000], 1
            mov eax, [0x5ffc]        // the page-table entry of 003ff000
            and eax, 0xfff
            or  eax, 0x3fe000
            mov dword[0x5ffc], eax   // another page, and no INVLPG
            mov ecx, 0x400000
            more:
            mov eax, [ecx]           // 1024 pages pass through the TLB
            add ecx, 0x1000
            cmp ecx, 0x800000
            jb more
            mov eax, [0x3ff000]      // bare, the new page; shadow tables are a TLB without end
            xor eax, 1
            checkpoint 'virtual?', eax
            hlt
        }
    }
    row 'top of memory',       probe('top') {
        mov dword[0xffc01000], 0x12345678
        mov eax, [0xffc01000]
        cmp eax, -1                  // nothing is there
    }
    expect translated(user: 'translated').equivalent
    expect hardware.equivalent
}
