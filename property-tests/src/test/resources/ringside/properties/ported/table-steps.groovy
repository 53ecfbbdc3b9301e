// A kernel that carries out a list of steps: four words each, what to do and up to three operands. Whatever a step runs
// into, the next one follows; all that it saw is mixed into a sum, which each step's checkpoint shows.
server { year 2006 }
def g = guest('table steps') {
    paging true
    tss esp0: 0x8f000
    kernel {
        next:
        mov esp, 0x8e000
        mov esi, [cursor]
        mov edi, [esi + 4]
        mov ecx, [esi + 8]
        mov edx, [esi + 12]
        mov ebx, [esi]
        checkpoint 'step', dword[sum]
        add dword[cursor], 16
        jmp [steps + ebx*4]

        op_end:
        mov eax, [sum]
        checkpoint 'end', eax
        halt
        op_read:
        mov eax, [edi]
        call mix
        jmp next
        op_write:
        mov [edi], ecx
        jmp next
        op_add:
        add [edi], ecx
        jmp next
        op_call:
        call edi
        jmp next
        op_copy:                         // a fault at either end
        mov esi, edi
        mov edi, ecx
        mov ecx, edx
        cld
        rep movsb
        jmp next
        op_flags:                        // of an entry: where its frame lies is the VMM's affair
        mov eax, [edi]
        and eax, 0x67
        call mix
        jmp next
        op_set:
        setPte [edi], ecx
        flushTlb
        jmp next
        op_set_one:
        setPte [edi], ecx
        flushPage edx
        jmp next
        op_map:
        setPte edi, ecx
        flushPage edi
        jmp next
        op_batch:
        multicall {
            setPte [edi], ecx
            setPte [edi + 4], edx
            flushTlb
        }
        jmp next
        op_load:
        loadPageTable edi
        jmp next
        op_store:                        // by its own instruction: where tables are the guest's to write
        mov [edi], ecx
        flushTlb
        jmp next
        op_store_word:
        mov [edi], cx
        flushTlb
        jmp next
        op_store_byte:
        mov [edi], cl
        flushTlb
        jmp next
        op_and:
        and [edi], ecx
        flushTlb
        jmp next
        op_nested:                       // the handler of the next fault touches this
        mov [inner], edi
        jmp next
        op_user:
        mov ebx, edx
        enterUser user, 0
        op_seal:                         // the page is to become a table, or is one no more: a native kernel need not tell
        ported {
            setPte edi, ecx
            flushPage edi
        }
        jmp next
        op_pin:
        ported {
            hypercall 'pin_table', edi, ecx
        }
        jmp next
        op_unpin:
        ported {
            hypercall 'unpin_table', edi
        }
        jmp next

        mix:
        add [sum], eax
        rol dword[sum], 5
        ret
    }
    interrupt(14) {
        pop ecx                          // the error code
        mov eax, 0x10
        mov ds, ax
        mov es, ax
        disableInterrupts
        faultVa eax
        call mix
        mov eax, ecx
        call mix
        xor eax, eax
        xchg eax, [inner]
        test eax, eax
        jz next
        mov eax, [eax]
        call mix
        jmp next
    }
    interrupt(0x80, dpl: 3) {
        mov edx, 0x10
        mov ds, dx
        mov es, dx
        call mix
        jmp next
    }
    user {
        xor eax, eax
        dec ebx
        js user_read
        jz user_write
        call edi
        int 0x80
        user_read:
        mov eax, [edi]
        int 0x80
        user_write:
        mov [edi], ecx
        int 0x80
    }
    data {
        sum: dd 0
        inner: dd 0
        cursor: dd 0x300000
        steps: dd op_end, op_read, op_write, op_add, op_call, op_copy, op_flags, op_set, op_set_one, op_map, op_batch
        dd op_load, op_store, op_store_word, op_store_byte, op_and, op_nested, op_user, op_seal, op_pin, op_unpin
    }
}
experiment('table steps') { run g, under: [bare] }
