// Drivers for a disk on an IDE channel. Each offers the routines that every block driver has:
//
//   NAME_probe                              CF = 1: there is none; else EAX = its sectors
//   NAME_read   EBX sector, ECX sectors (1 to 256), EDI buffer     EAX = 0 and CF = 0, else the status
//   NAME_write  EBX sector, ECX sectors (1 to 256), ESI buffer     likewise
//   NAME_flush                                                     likewise
//   NAME_batch  ESI requests of 20 bytes (operation 0 read or 1 write, sector, sectors, buffer, status), ECX how many
//                                                                  EAX = how many failed, CF = 1 where any did
//
// All other registers are kept. They are called with interrupts off, sleep until the disk interrupts, and come back
// with interrupts off; probe comes first.

// ---- what they share

/** Keeps the registers; done() gives them back with EAX, and CF set unless it is 0. */
def begin() {
    pushad
    cld
}

def done() {
    mov [esp + 28], eax
    popad
    cmp eax, 1
    cmc
    ret
}

/** The disk's registers for EBX and ECX, but not the command. */
def address() {
    mov byte[arrived], 0
    mov eax, ebx
    shr eax, 24
    and al, 0x0f
    or al, 0xe0 | unit << 4
    mov dx, base + 6
    out dx, al
    mov dx, base + 2
    mov al, cl                       // 256 sectors are 0
    out dx, al
    inc dx
    mov eax, ebx
    out dx, al
    inc dx
    mov al, ah
    out dx, al
    inc dx
    shr eax, 16
    out dx, al
}

def command(code) {
    mov dx, base + 7
    mov al, code
    out dx, al
}

/** Routines of every one of them; probe leaves EAX = sectors, after what more() does to a disk that is there. */
def common(Closure more) {
    probe:
    begin()
    enableLine irq
    mov dx, base + 6
    mov al, 0xe0 | unit << 4
    out dx, al
    inc dx
    in al, dx
    test al, al
    jz .none
    cmp al, 0xff
    je .none
    mov byte[arrived], 0
    command 0xec                     // IDENTIFY DEVICE
    call sleep
    test al, 1
    jnz .none
    mov dx, base
    mov edi, identity
    mov ecx, 256
    rep insw
    more()
    mov eax, [identity + 120]
    mov [esp + 28], eax
    popad
    clc
    ret
    .none:
    popad
    stc
    ret

    sleep:                           // until the disk interrupts; EAX = its status
    .again:
    cmp byte[arrived], 0
    jne .awake
    waitForInterrupt
    jmp .again
    .awake:
    mov byte[arrived], 0
    movzx eax, byte[status]
    ret

    flush:
    begin()
    mov byte[arrived], 0
    mov dx, base + 6
    mov al, 0xe0 | unit << 4
    out dx, al
    command 0xe7
    call sleep
    and eax, 0x21                    // error, drive fault
    done()

    batch:
    begin()
    xor eax, eax
    push eax                         // how many failed
    mov ebp, ecx
    mov edx, esi
    .next:
    test ebp, ebp
    jz .end
    mov ebx, [edx + 4]
    mov ecx, [edx + 8]
    mov edi, [edx + 12]
    mov esi, edi
    cmp dword[edx], 0
    jne .write
    call read
    jmp .ended
    .write:
    call write
    .ended:
    mov [edx + 16], eax
    adc dword[esp], 0
    add edx, 20
    dec ebp
    jmp .next
    .end:
    pop eax
    done()
}

def kept() {
    align 4
    identity: resb 512
    arrived: db 0
    status: db 0
    align 4
}

/** The disk is told that its interrupt was seen by reading its status. */
def seen() {
    mov dx, base + 7
    in al, dx
    mov [status], al
    mov byte[arrived], 1
}

// ---- by the data port, so many sectors an interrupt

/** ECX = sectors of the next block: what is left in EBP, or {@code block}. */
def nextBlock(block) {
    mov ecx, ebp
    if (block == 1) {
        mov ecx, 1
    } else {
        cmp ecx, block
        jbe .fits
        mov ecx, block
        .fits:
    }
    sub ebp, ecx
    shl ecx, 8                       // words
}

def byPort(readCommand, writeCommand, block) {
    common {
        if (block > 1) {
            mov byte[arrived], 0
            mov dx, base + 2
            mov al, block
            out dx, al
            command 0xc6             // SET MULTIPLE MODE
            call sleep
        }
    }

    read:
    begin()
    address()
    mov ebp, ecx
    command readCommand
    .block:
    call sleep
    and eax, 0x21
    jnz .end
    nextBlock block
    mov dx, base
    rep insw
    test ebp, ebp
    jnz .block
    .end:
    done()

    write:
    begin()
    address()
    mov ebp, ecx
    command writeCommand
    mov ecx, 16
    .ready:                          // the first block is asked for at once and without an interrupt
    in al, dx
    test al, 0x80
    jz .block
    loop .ready
    call sleep                       // a drive that takes longer has something to say against it
    .block:
    and eax, 0x21
    jnz .end
    test ebp, ebp
    jz .end
    nextBlock block
    mov dx, base
    rep outsw
    call sleep
    jmp .block
    .end:
    done()
}

driver('ide-pio') {
    about 'an IDE disk by programmed I/O: an interrupt for each sector'
    setting base: 0x1f0, irq: 14, unit: 0
    code { byPort 0x20, 0x30, 1 }
    data { kept() }
    interrupt { seen() }
}

driver('ide-multiple') {
    about 'an IDE disk by programmed I/O, READ and WRITE MULTIPLE: an interrupt for 16 sectors'
    setting base: 0x1f0, irq: 14, unit: 0
    code { byPort 0xc4, 0xc5, 16 }
    data { kept() }
    interrupt { seen() }
}

// ---- by bus master

/** EAX = a register of PCI function EBX (bus, device and function as in the address register). */
def pci(register) {
    mov eax, ebx
    or eax, 0x80000000 | register
    mov dx, 0xcf8
    out dx, eax
    mov dx, 0xcfc
}

driver('ide-dma') {
    about 'an IDE disk by bus master: an interrupt for each request, the data moves by itself'
    setting base: 0x1f0, irq: 14, unit: 0
    code {
        common {
            xor ebx, ebx
            .function:
            pci 8
            in eax, dx
            shr eax, 16
            cmp ax, 0x0101               // mass storage, IDE
            je .found
            add ebx, 0x100
            cmp ebx, 0x10000
            jb .function
            popad
            stc
            ret
            .found:
            pci 4
            in eax, dx
            or eax, 5                    // I/O space, bus master
            out dx, eax
            pci 0x20
            in eax, dx
            and eax, 0xfffc
            if (base == 0x170) add eax, 8
            mov [engine], eax
        }

        read:
        begin()
        address()
        mov ebp, 8                       // to memory
        mov bl, 0xc8
        jmp transfer

        write:
        begin()
        address()
        xor ebp, ebp
        mov edi, esi
        mov bl, 0xca

        transfer:                        // EDI buffer, CL sectors (0: 256), EBP direction, BL command
        movzx ecx, cl
        dec cl
        movzx ecx, cl
        inc ecx
        shl ecx, 9
        mov esi, regions
        .region:                         // one does not cross 64 KiB
        mov eax, edi
        neg eax
        and eax, 0xffff
        jnz .partial
        mov eax, 0x10000
        .partial:
        cmp eax, ecx
        jbe .taken
        mov eax, ecx
        .taken:
        mov [esi], edi
        mov [esi + 4], eax
        and dword[esi + 4], 0xffff
        add edi, eax
        add esi, 8
        sub ecx, eax
        jnz .region
        or dword[esi - 4], 0x80000000    // the last one
        mov edx, [engine]
        add edx, 4
        mov eax, regions
        out dx, eax
        sub edx, 2
        mov al, 6                        // clears interrupt and error
        out dx, al
        sub edx, 2
        mov eax, ebp
        out dx, al
        mov dx, base + 7
        mov al, bl
        out dx, al
        mov edx, [engine]
        mov eax, ebp
        or al, 1
        out dx, al
        call sleep
        mov ebx, eax
        mov edx, [engine]
        mov eax, ebp
        out dx, al
        add edx, 2
        in al, dx
        and eax, 2
        and ebx, 0x21
        or eax, ebx
        done()
    }
    data {
        kept()
        align 64
        regions: times 8 dd 0
        engine: dd 0
    }
    interrupt { seen() }
}
