// Two virtual machines run the same kernel on one server. What is equal in both needs machine memory once: the server looks
// for pages of equal content and lets them show one frame, read-only. A write parts it again (copy on write). Pages can be
// taken away too: for good, where the guest's balloon driver says so, or to the VMM's store, from which they come back when
// they are asked for. None of it can the guests see, however their memory is mapped.
def TEXT = 0x400000                  // 64 pages that both kernels fill alike, as program text and libraries are
def OWN = 0x500000                   // 16 pages with numbers of each one's own
def UNUSED = 0x600000                // zeros that nobody ever needs

def kernel = { name, seed ->
    guest(name) {
        paging true
        tss esp0: 0x8f000
        kernel {
            mov edi, TEXT
            mov ecx, 64 * 0x400
            mov eax, 1
            call fill
            mov edi, OWN
            mov ecx, 16 * 0x400
            mov eax, seed
            call fill
            enableLine 0
            startTimer 1000
            mov ebx, 4
            call sleep                               // meanwhile the server shares
            call sum
            checkpoint 'shared', eax
            for (n in 0..<8) mov dword[TEXT + n * 0x1000], seed + n
            call sum
            checkpoint 'written', eax
            mov ebx, 8
            call sleep                               // and takes pages away
            call sum
            checkpoint 'taken away', eax
            halt

            fill:                                    // ECX numbers from EDI on, EAX the first
            mov [edi], eax
            imul eax, eax, 5
            add eax, 7
            add edi, 4
            dec ecx
            jnz fill
            ret
            sleep:                                   // until tick EBX
            waitForInterrupt
            cmp [ticks], ebx
            jb sleep
            ret
            sum:                                     // of all that was filled
            xor eax, eax
            mov esi, TEXT
            mov ecx, 64 * 0x400
            call summed
            mov esi, OWN
            mov ecx, 16 * 0x400
            summed:
            rol eax, 1
            add eax, [esi]
            add esi, 4
            dec ecx
            jnz summed
            ret
        }
        interrupt 0x20, {
            push eax
            inc dword[ticks]
            endOfInterrupt
            pop eax
            returnFromInterrupt
        }
        data { ticks: dd 0 }
    }
}
def first = kernel('the kernel, number 1', 1000)
def second = kernel('the kernel, number 2', 2000)

server { year 2010; memory 8.MiB }
host('one kernel twice') {
    vm 'a', guest: first, under: hardware, strategy: 'shadow'
    vm 'b', guest: second, under: hardware, strategy: 'nested'
    schedule roundRobin(slice: 500.us)
    share every: 14.ms
    balloon 'a', at: 22.ms, from: UNUSED, pages: 512
    reclaim 'b', at: 23.ms, from: OWN, pages: 16
    budget 100.ms
    expect vm('a').undisturbed
    expect vm('b').undisturbed
    expect vm('a').stops('halt')
    expect vm('b').stops('halt')
    table run, idle, exits, memory
}
