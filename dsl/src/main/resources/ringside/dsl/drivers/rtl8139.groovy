// An RTL8139 network adapter: the routines of every network driver (see virtio.groovy). NAME_probe leaves in EAX the first
// of its ports; NAME_mac is its address.

def begin() {
    pushad
    cld
}

def back() {
    mov [esp + 28], eax
    popad
}

/** DX = a register of the adapter. */
def at(register) {
    mov edx, [ports]
    add edx, register
}

/** EAX = a register of the PCI function in EBX. */
def pci(register) {
    mov eax, ebx
    or eax, 0x80000000 | register
    mov dx, 0xcf8
    out dx, eax
    mov dx, 0xcfc
}

driver('rtl8139') {
    about 'an RTL8139 network adapter: frames of up to 1514 bytes'
    setting irq: 11
    code {
        probe:
        begin()
        xor ebx, ebx
        .device:
        pci 0
        in eax, dx
        cmp eax, 0x813910ec
        je .found
        add ebx, 0x800
        cmp ebx, 0x10000
        jb .device
        popad
        stc
        ret
        .found:
        pci 4
        in eax, dx
        or eax, 5                                // I/O space, bus master
        out dx, eax
        pci 0x10
        in eax, dx
        and eax, 0xfffc
        mov [ports], eax
        at 0x37
        mov al, 0x10                             // reset
        out dx, al
        .resets:
        in al, dx
        test al, 0x10
        jnz .resets
        mov dword[turn], 0
        mov dword[offset], 0
        at 0x30
        mov eax, ring
        out dx, eax
        at 0x37
        mov al, 0x0c                             // receives and transmits
        out dx, al
        at 0x44
        mov eax, 0x8a                            // own address, broadcast; a ring of 8 KiB, frames go on behind its end
        out dx, eax
        at 0x3c
        mov ax, 5                                // received, transmitted
        out dx, ax
        at 0
        in eax, dx
        mov [mac], eax
        at 4
        in ax, dx
        mov [mac + 4], ax
        enableLine irq
        mov eax, [ports]
        back()
        clc
        ret

        send:                                    // ESI frame, ECX bytes
        begin()
        mov ebx, [turn]
        shl ebx, 2
        at 0x20
        add edx, ebx
        mov eax, esi
        out dx, eax
        at 0x10
        add edx, ebx
        mov eax, ecx
        out dx, eax
        .wait:
        at 0x10
        add edx, ebx
        in eax, dx
        test eax, 0x40008000                     // sent, or given up
        jnz .sent
        waitForInterrupt
        jmp .wait
        .sent:
        inc dword[turn]
        and dword[turn], 3
        and eax, 0x40000000
        back()
        ret

        receive:                                 // to EDI
        begin()
        at 0x37
        in al, dx
        test al, 1
        jnz .nothing
        mov esi, [offset]
        movzx ecx, word[ring + esi + 2]          // with the check sequence
        lea ebx, [ecx + esi + 7]                 // header, and up to a dword
        and ebx, -4
        add esi, ring + 4
        sub ecx, 4
        mov eax, ecx
        rep movsb
        and ebx, 0x1fff
        mov [offset], ebx
        push eax
        at 0x38
        lea eax, [ebx - 16]
        out dx, ax
        pop eax
        back()
        clc
        ret
        .nothing:
        xor eax, eax
        back()
        stc
        ret
    }
    data {
        ports: dd 0
        turn: dd 0
        offset: dd 0
        mac: resb 6
        align 256
        ring: resb 0x2000 + 16 + 2048
    }
    interrupt {
        at 0x3e
        in ax, dx
        out dx, ax                               // ones clear
    }
}
