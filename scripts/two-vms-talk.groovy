// Two virtual machines on one server, in different modes and with different adapters on one network: one asks who has an
// address (ARP), then pings it (ICMP) three times; the other answers what it is asked. Time is virtual: a round trip takes
// the same number of ticks in each run. With --pcap talk.pcap the frames can be read by tcpdump or Wireshark.
def sum(bytes) {                                    // the Internet's checksum
    def total = bytes.collate(2).sum { it[0] * 256 + it[1] }
    while (total > 0xffff) total = (total & 0xffff) + (total >> 16)
    [~total >> 8 & 0xff, ~total & 0xff]
}
def ASKER = [10, 0, 0, 1]
def ANSWERER = [10, 0, 0, 2]
def ALL = [0xff] * 6
def OPEN = [0] * 6                                  // an address that is filled in later
def question = ALL + OPEN + [8, 6, 0, 1, 8, 0, 6, 4, 0, 1] + OPEN + ASKER + OPEN + ANSWERER
def header = [0x45, 0, 0, 60, 0, 1, 0, 0, 64, 1]
def payload = [0, 1, 0, 1] + ('abcdefghijklmnopqrstuvwabcdefghi' as List).collect { (int) it.charAt(0) }
def ping = OPEN + OPEN + [8, 0] + header + sum(header + ASKER + ANSWERER) + ASKER + ANSWERER +
    [8, 0] + sum([8, 0] + payload) + payload

/** Six bytes from one place to another; spoils EAX. */
def copyAddress(to, from) {
    mov eax, [from]
    mov [to], eax
    mov ax, [from + 4]
    mov [to + 4], ax
}

def ask(driverName, question, ping) {
    guest('asks') {
        include driver(driverName), as: 'nic'
        kernel {
            call nic_probe
            copyAddress request + 6, nic_mac
            copyAddress request + 22, nic_mac
            mov esi, request                        // who has 10.0.0.2?
            mov ecx, question.size()
            call nic_send
            .silent:
            mov edi, 0x300000
            call nic_receive
            jnc .heard
            waitForInterrupt
            jmp .silent
            .heard:
            checkpoint 'is at', dword[0x300018], word[0x300016]
            copyAddress echo, 0x300016              // the sender's address in the answer
            copyAddress echo + 6, nic_mac
            mov ebp, 3
            again:
            rdtsc
            mov [sent], eax
            mov esi, echo
            mov ecx, ping.size()
            call nic_send
            .silent:
            mov edi, 0x300000
            call nic_receive
            jnc .heard
            waitForInterrupt
            jmp .silent
            .heard:
            rdtsc
            sub eax, [sent]
            checkpoint 'answered', byte[0x300022], eax
            dec ebp
            jnz again
            mov esi, message
            mov ecx, end - message
            mov edx, 0xe9
            rep outsb
            halt
        }
        data {
            sent: dd 0
            message: db '3 answers from 10.0.0.2', 10
            end:
            request: for (b in question) db b
            echo: for (b in ping) db b
        }
    }
}

def answer(driverName) {
    guest('answers') {
        include driver(driverName), as: 'nic'
        kernel {
            call nic_probe
            next:
            mov edi, 0x300000
            call nic_receive
            jnc .heard
            waitForInterrupt
            jmp next
            .heard:
            mov ecx, eax
            cmp word[0x30000c], 0x0608              // ARP, as the bytes lie in memory
            je arp
            cmp word[0x30000c], 0x0008              // IP
            jne next
            cmp byte[0x300022], 8                   // an echo request becomes an echo reply
            jne next
            mov byte[0x300022], 0
            add word[0x300024], 8                   // and its checksum follows
            adc word[0x300024], 0
            mov eax, [0x30001a]
            xchg eax, [0x30001e]
            mov [0x30001a], eax
            jmp back
            arp:
            mov byte[0x300015], 2                   // a reply
            mov eax, [0x30001c]
            xchg eax, [0x300026]
            mov [0x30001c], eax
            copyAddress 0x300020, 0x300016
            copyAddress 0x300016, nic_mac
            back:
            copyAddress 0x300000, 0x300006
            copyAddress 0x300006, nic_mac
            mov esi, 0x300000
            call nic_send
            inc dword[answers]
            checkpoint 'answers', dword[answers]
            jmp next
        }
        data { answers: dd 0 }
    }
}

server { year 2008; memory 4.MiB }
network('lan') { latency 50.us; bandwidth 10.Mbps }
network('slow') {
    latency 50.us
    bandwidth 10.Mbps
    frame { from, bytes -> if (from == 1 && bytes[12] == 8 && bytes[13] == 0) delay 200.us }
}

host('two adapters of the same kind') {
    vm 'asks', guest: ask('rtl8139', question, ping), under: hardware, nic: 'lan'
    vm 'answers', guest: answer('rtl8139'), under: translated, nic: 'lan'
    expect vm('asks').stops('halt')
    table run, steal, idle, turns, exits
}
host('an emulated and a split one, beside somebody who never stops') {
    vm 'asks', guest: ask('rtl8139', question, ping), under: hardware, nic: 'lan'
    vm 'answers', guest: answer('virtio-net'), under: hardware, devices: 'split', nic: 'lan'
    vm 'spins', guest: guest('spins') { kernel { around: jmp around } }, under: hardware
    schedule weighted(slice: 100.us)
    budget 5.ms
    expect vm('asks').stops('halt')
    table run, steal, idle, turns, exits
}
host('a line on which answers take longer') {
    vm 'asks', guest: ask('rtl8139', question, ping), under: deprivileged, nic: 'slow'
    vm 'answers', guest: answer('rtl8139'), under: hardware, nic: 'slow'
    expect vm('asks').stops('halt')
    table run, steal, idle, turns, exits
}
