// A front end that means ill. The disk's rings lie in memory that it owns, so it can write there what it likes, and when:
// the back end trusts nothing, reaches only RAM of this guest, and says what it refused. DEVICE_NEEDS_RESET (40h) in the
// status means that the device stands still until it is reset; then it works as before.
def DISK = 0xfe000000                // the registers of virtio-mmio
def TABLE = 0x1c0000                 // a queue of 16: descriptors, available ring, used ring
def AVAILABLE = 0x1c1000
def USED = 0x1c2000
def HEADER = 0x1c3000
def STATUS = 0x1c3010
def DATA = 0x1c4000
def INDIRECT = 0x1c5000
def NEXT = 1, WRITE = 2, TABLED = 4  // flags of descriptors

def descriptor = { int at, long pa, int bytes, int flags, int next ->
    [[at, pa as int], [at + 4, (pa >> 32) as int], [at + 8, bytes], [at + 12, flags | next << 16]]
}
def buffer = { int n, long pa, int bytes, int flags, int next = 0 -> descriptor(TABLE + 16 * n, pa, bytes, flags, next) }
def request = { operation, sector -> [[HEADER, operation], [HEADER + 4, 0], [HEADER + 8, sector], [HEADER + 12, 0]] }
def offered = { index, head -> [[AVAILABLE, index << 16], [AVAILABLE + 4, head]] }

// Each trick: what it stores before it notifies, after a request without fault for sector 3 was laid out.
def tricks = [
        'no trick': [],
        'head beyond the queue': offered(1, 16),
        'index jumps by 17': offered(17, 0),
        'descriptors in a loop': buffer(1, DATA, 512, WRITE | NEXT, 1),
        'next beyond the table': buffer(0, HEADER, 16, NEXT, 99),
        'page beyond memory': buffer(1, 0x1000000, 512, WRITE | NEXT, 2),
        'page of a device': buffer(1, DISK, 512, WRITE | NEXT, 2),
        'address above 4 GiB': buffer(1, 0x100000000L + DATA, 512, WRITE | NEXT, 2),
        'length past the end': buffer(1, 0xffff00, 512, WRITE | NEXT, 2),
        'length that overflows': buffer(1, DATA, -1, WRITE | NEXT, 2),
        'empty buffer': buffer(1, DATA, 0, WRITE | NEXT, 2),
        'header to be written': buffer(0, HEADER, 16, WRITE | NEXT, 1),
        'status to be read': buffer(2, STATUS, 1, 0),
        'no status': buffer(0, HEADER, 16, 0),
        'table in a table': buffer(0, INDIRECT, 16, TABLED) + descriptor(INDIRECT, INDIRECT, 16, TABLED, 0),
        'table of 15 bytes': buffer(0, INDIRECT, 15, TABLED),
        'sector beyond the disk': request(0, 5000),
        'half a sector': buffer(1, DATA, 256, WRITE | NEXT, 2),
        'unknown operation': request(77, 3),
        'queue 7 is notified': [[DISK + 0x50, 7]],
        'features once more': [[DISK + 0x24, 0], [DISK + 0x20, -1]],
        'status goes back': [[DISK + 0x70, 1]],
        'queue moved while ready': [[DISK + 0x30, 0], [DISK + 0xa0, 0x100000]],
        'configuration written': [[DISK + 0x100, -1]],
        'register that is not': [[DISK + 0xf0, 1]],
]
def setup = [[DISK + 0x70, 0], [DISK + 0x70, 3], [DISK + 0x24, 0], [DISK + 0x20, 1 << 28], [DISK + 0x24, 1],
             [DISK + 0x20, 1], [DISK + 0x70, 11], [DISK + 0x30, 0], [DISK + 0x38, 16], [DISK + 0x80, TABLE],
             [DISK + 0x90, AVAILABLE], [DISK + 0xa0, USED], [USED, 0], [DISK + 0x44, 1], [DISK + 0x70, 15]]
def faultless = { operation ->
    request(operation, 3) + buffer(0, HEADER, 16, NEXT, 1) +
            buffer(1, DATA, 512, operation == 0 ? WRITE | NEXT : NEXT, 2) + buffer(2, STATUS, 1, WRITE) + offered(1, 0)
}

def attacker = guest('attacker') {
    kernel {
        (setup + faultless(1) + [[DATA, 0x600dda7a]]).each { at, value -> mov dword[at], value }
        mov dword[DISK + 0x50], 0                // sector 3 has something to lose
        mov ecx, 3000
        loop $
        tricks.each { name, stores ->
            (setup + faultless(0) + [[STATUS, 0xff], [DATA, 0]] + stores).each { at, value -> mov dword[at], value }
            mov dword[DISK + 0x50], 0
            mov ecx, 3000
            loop $
            mov eax, [DISK + 0x70]
            mov bh, al                           // of the device
            mov bl, [STATUS]                     // of the request; ff where it was not answered
            checkpoint "$name", bx
        }
        (setup + faultless(0) + [[STATUS, 0xff]]).each { at, value -> mov dword[at], value }
        mov ecx, 2000                            // a storm
        storm:
        mov dword[DISK + 0x50], 0
        dec ecx
        jnz storm
        mov ecx, 3000
        loop $
        mov bl, [STATUS]
        mov eax, [DATA]
        movzx ecx, word[USED + 2]
        checkpoint 'after a storm', bl, eax, ecx
        hlt
    }
}

experiment('tricks of a front end: status of device and request') {
    server { year 2008; disk 'data', size: 65536 }
    run attacker, under: [bare(devices: 'split'), translated(devices: 'split'), hardware(devices: 'split')]
    expect translated(devices: 'split').equivalent
    expect hardware(devices: 'split').equivalent
    budget 1_000_000
    table  requests, notifications, misuses
}

// The same beside another guest of the same server, which uses its memory and its own disk.
def neighbour = guest('neighbour') {
    kernel {
        mov edi, 0x200000
        mov ecx, 0x40000
        mov eax, 0x5eed0000
        fill:
        stosd
        inc eax
        loop fill
        (setup + faultless(1) + [[DATA, 0x12345678]]).each { at, value -> mov dword[at], value }
        mov dword[DISK + 0x50], 0
        mov ecx, 200000                          // the attacker's time
        loop $
        (setup + faultless(0) + [[DATA, 0]]).each { at, value -> mov dword[at], value }
        mov dword[DISK + 0x50], 0
        mov ecx, 3000
        loop $
        mov esi, 0x200000
        mov ecx, 0x40000
        xor ebx, ebx
        sum:
        lodsd
        add ebx, eax
        loop sum
        mov eax, [DATA]
        checkpoint 'memory and disk', ebx, eax
        hlt
    }
}
host('the attacker and its neighbour') {
    server { year 2008 }
    vm 'attacker', guest: attacker, under: hardware(devices: 'split'), disk: 65536
    vm 'neighbour', guest: neighbour, under: hardware(devices: 'split'), disk: 65536
    schedule roundRobin(slice: 100.us)
    budget 60.ms
    expect vm('neighbour').undisturbed
    table  run, steal, exits
}
