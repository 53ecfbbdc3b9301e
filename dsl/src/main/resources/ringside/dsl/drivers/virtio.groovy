// Front ends for split devices: virtio-mmio version 2 with VERSION_1 and the split queue (virtio 1.2, sections 2.7, 4.2).
//
// virtio-blk has the routines of every block driver (see ide.groovy); a batch of up to 128 requests is one notification
// and one interrupt. virtio-net and virtio-console have those of every network driver and console:
//
//   NAME_probe                             CF = 1: there is none
//   NAME_send     ESI bytes, ECX how many  comes back when the device has taken them
//   NAME_receive  EDI room                 EAX = bytes received, 0 and CF = 1 where nothing waits
//
// Registers and buffers are reached where paging, if it is on, maps them onto themselves, the registers at 'base'.

// ---- registers

def magic() { 0x74726976 }

def reg(String name) {
    [version: 4, device: 8, offered: 0x10, offeredSel: 0x14, chosen: 0x20, chosenSel: 0x24, queue: 0x30, most: 0x34,
     size: 0x38, ready: 0x44, notify: 0x50, asked: 0x60, answer: 0x64, status: 0x70, table: 0x80, available: 0x90,
     used: 0xa0, configuration: 0x100][name]
}

// ---- what they share

def begin() {
    pushad
    cld
}

/** Gives the registers back, EAX as it is. */
def back() {
    mov [esp + 28], eax
    popad
}

/** Where the rings of a queue of so many entries begin, behind its descriptors. */
def availableAt(size) { 16 * size }

def usedAt(size) { 18 * size + 8 }

def queueBytes(size) { (26 * size + 16 + 63) & ~63 }

/** The high half of an address: with ACCESS_PLATFORM it is that of a grant, here the one whose number is the page's. */
def high(granted) { granted ? 0x80000000 : 0 }

/**
 * Finds the device, negotiates what of 'wanted' it offers, and sets up its queues at the label 'rings'; falls through
 * with ESI at its registers, jumps to 'absent' where there is none that works.
 */
def negotiate(type, wanted, queues, size, granted = false) {
    mov esi, base
    mov ecx, number
    .slot:
    cmp dword[esi], magic()
    jne .next
    cmp dword[esi + reg('version')], 2
    jne .next
    cmp dword[esi + reg('device')], type
    jne .next
    dec ecx
    js .found
    .next:
    add esi, 0x1000
    cmp esi, base + 0x10000
    jb .slot
    jmp absent
    .found:
    mov [card], esi
    mov dword[esi + reg('status')], 0            // reset
    mov dword[esi + reg('status')], 1            // acknowledged
    mov dword[esi + reg('status')], 3            // there is a driver
    mov dword[esi + reg('offeredSel')], 0
    mov eax, [esi + reg('offered')]
    and eax, wanted
    mov dword[esi + reg('chosenSel')], 0
    mov [esi + reg('chosen')], eax
    mov dword[esi + reg('offeredSel')], 1
    mov eax, [esi + reg('offered')]
    and eax, granted ? 3 : 1                     // VERSION_1, ACCESS_PLATFORM
    mov dword[esi + reg('chosenSel')], 1
    mov [esi + reg('chosen')], eax
    mov dword[esi + reg('status')], 11           // features are chosen
    test dword[esi + reg('status')], 8
    jz absent
    xor ecx, ecx
    mov edi, rings
    .queue:
    mov [esi + reg('queue')], ecx
    cmp dword[esi + reg('most')], size
    jb absent
    mov dword[esi + reg('size')], size
    mov [esi + reg('table')], edi
    mov dword[esi + reg('table') + 4], high(granted)
    lea eax, [edi + availableAt(size)]
    mov [esi + reg('available')], eax
    mov dword[esi + reg('available') + 4], high(granted)
    lea eax, [edi + usedAt(size)]
    mov [esi + reg('used')], eax
    mov dword[esi + reg('used') + 4], high(granted)
    mov dword[esi + reg('ready')], 1
    add edi, queueBytes(size)
    inc ecx
    cmp ecx, queues
    jb .queue
    mov dword[esi + reg('status')], 15           // at work
    enableLine irq
}

def probed() {
    back()
    clc
    ret
    absent:
    popad
    stc
    ret
}

/** Tells the device that there is work in the queue EAX: by its register, or by a port where 'doorbell' is one. */
def notifyDevice() {
    if (doorbell) {
        mov edx, doorbell
        out dx, eax
    } else {
        mov edx, [card]
        mov [edx + reg('notify')], eax
    }
}

def rings(queues, size) {
    align 64
    rings: resb queues * queueBytes(size)
    card: dd 0
}

def acknowledged() {
    mov ebx, [card]
    mov eax, [ebx + reg('asked')]
    mov [ebx + reg('answer')], eax
}

// ---- block

/** EAX and EDX are buffer and bytes of the request at ESI while 'body' lasts. */
def forBuffer(Closure body) {
    push eax
    push edx
    mov eax, [esi + 12]
    mov edx, [esi + 8]
    shl edx, 9
    body()
    pop edx
    pop eax
}

driver('virtio-blk') {
    about 'a split disk: many requests a notification, one interrupt when all are done'
    setting base: 0xfe000000, irq: 5, number: 0, doorbell: 0, grants: false, domain: 0
    def size = 128
    def NEXT = 1
    def WRITES = 2
    def INDIRECT = 4
    def pages = 4096                             // grants, one for each page of 16 MiB
    code {
        probe:
        begin()
        if (grants) {
            mov eax, rings                       // what is the driver's own is granted for good
            mov edx, statuses + size
            sub edx, eax
            call permit
            mov dx, 0x5640
            mov eax, grantTable
            out dx, eax
            mov dx, 0x5644
            mov eax, pages
            out dx, eax
        }
        negotiate 2, 1 << 29 | 1 << 28 | 1 << 9, 1, size, grants      // EVENT_IDX, INDIRECT_DESC, FLUSH
        mov dword[taken], 0
        mov eax, [esi + reg('configuration')]
        probed()

        read:
        mov dword[single], 0
        mov [single + 12], edi
        jmp alone

        write:
        mov dword[single], 1
        mov [single + 12], esi
        jmp alone

        flush:
        mov dword[single], 4

        alone:
        mov [single + 4], ebx
        mov [single + 8], ecx
        push esi
        push ecx
        mov esi, single
        mov ecx, 1
        call batch
        pop ecx
        pop esi
        mov eax, [single + 16]
        cmp eax, 1
        cmc
        ret

        batch:
        begin()
        mov dword[failed], 0
        .some:
        mov eax, ecx
        cmp eax, size
        jbe .fits
        mov eax, size
        .fits:
        test eax, eax
        jz .end
        push ecx
        push eax
        push esi
        mov ecx, eax
        call submit
        pop esi
        pop ecx
        push ecx
        call collect
        pop eax
        pop ecx
        sub ecx, eax
        jmp .some
        .end:
        mov eax, [failed]
        back()
        cmp eax, 1
        cmc
        ret

        submit:                                  // ECX requests at ESI: the n-th has the n-th descriptor
        xor ebp, ebp
        .request:
        mov edi, ebp
        shl edi, 4
        lea ebx, [edi + headers]
        mov eax, [esi]
        mov [ebx], eax                           // operation
        mov dword[ebx + 4], 0
        mov eax, [esi + 4]
        mov [ebx + 8], eax                       // sector
        mov dword[ebx + 12], 0
        lea edx, [ebp + ebp*2]
        shl edx, 4
        add edx, tables
        mov [edi + rings], edx
        mov dword[edi + rings + 4], high(grants)
        mov dword[edi + rings + 8], 48
        mov dword[edi + rings + 12], INDIRECT
        mov [edx], ebx                           // the header
        mov dword[edx + 4], high(grants)
        mov dword[edx + 8], 16
        mov dword[edx + 12], NEXT | 1 << 16
        add edx, 16
        cmp dword[esi], 4
        jne .data
        mov dword[edi + rings + 8], 32           // a flush has none
        jmp .status
        .data:
        mov eax, [esi + 12]
        mov [edx], eax
        mov dword[edx + 4], high(grants)
        mov eax, [esi + 8]
        shl eax, 9
        mov [edx + 8], eax
        if (grants) { forBuffer { call permit } }
        mov eax, NEXT | 2 << 16
        cmp dword[esi], 0
        jne .out
        or eax, WRITES
        .out:
        mov [edx + 12], eax
        add edx, 16
        .status:
        lea eax, [ebp + statuses]
        mov byte[eax], 0xff
        mov [edx], eax
        mov dword[edx + 4], high(grants)
        mov dword[edx + 8], 1
        mov dword[edx + 12], WRITES
        mov eax, [taken]
        add eax, ebp
        and eax, size - 1
        mov [rings + availableAt(size) + 4 + eax*2], bp
        add esi, 20
        inc ebp
        cmp ebp, ecx
        jb .request
        mov eax, [taken]
        add eax, ebp
        mov [taken], eax
        dec eax
        mov [rings + availableAt(size) + 4 + 2*size], ax      // wakes us with the last one
        inc eax
        mov [rings + availableAt(size) + 2], ax
        xor eax, eax
        notifyDevice()
        .wait:
        mov ax, [rings + usedAt(size) + 2]
        cmp ax, [taken]
        je .done
        waitForInterrupt
        jmp .wait
        .done:
        ret

        collect:                                 // the status of ECX requests at ESI; ESI behind them
        xor ebp, ebp
        .one:
        movzx eax, byte[statuses + ebp]
        mov [esi + 16], eax
        if (grants) {
            cmp dword[esi], 4
            je .kept
            forBuffer { call revoke }
            .kept:
        }
        cmp eax, 1
        cmc
        adc dword[failed], 0
        add esi, 20
        inc ebp
        cmp ebp, ecx
        jb .one
        ret

        if (grants) {
            permit:                              // the pages of EDX bytes at EAX; registers are kept
            pushad
            lea edx, [eax + edx - 1]
            shr eax, 12
            shr edx, 12
            .page:
            mov dword[grantTable + eax*8], 1 | domain << 16
            mov [grantTable + eax*8 + 4], eax
            inc eax
            cmp eax, edx
            jbe .page
            popad
            ret

            revoke:                              // likewise
            pushad
            lea ebx, [eax + edx - 1]
            shr eax, 12
            shr ebx, 12
            mov dx, 0x5648
            .page:
            out dx, eax
            inc eax
            cmp eax, ebx
            jbe .page
            popad
            ret
        }
    }
    data {
        rings 1, size
        taken: dd 0
        failed: dd 0
        single: dd 0, 0, 0, 0, 0
        align 16
        headers: resb 16 * size
        tables: resb 48 * size
        statuses: resb size
        if (grants) {
            align 8
            grantTable: resb 8 * pages
        }
    }
    interrupt { acknowledged() }
}

// ---- network and console: a queue for what comes, with buffers waiting in it, and one for what goes

def incoming() { 8 }                             // buffers, and entries of each queue

def room() { 2048 }                              // bytes of each

/** probe for such a device; 'more' leaves in EAX what it tells. */
def streamProbe(type, wanted, Closure more) {
    probe:
    begin()
    negotiate type, wanted, 2, incoming()
    mov dword[sent], 0
    mov dword[seen], 0
    xor ebp, ebp
    .buffer:
    mov edi, ebp
    shl edi, 4
    mov eax, ebp
    shl eax, 11
    add eax, buffers
    mov [rings + edi], eax
    mov dword[rings + edi + 4], 0
    mov dword[rings + edi + 8], room()
    mov dword[rings + edi + 12], 2               // for the device to write
    mov [rings + availableAt(incoming()) + 4 + ebp*2], bp
    inc ebp
    cmp ebp, incoming()
    jb .buffer
    mov [rings + availableAt(incoming()) + 2], bp
    xor eax, eax
    notifyDevice()
    more()
    probed()
}

/** send and receive; 'header' bytes stand before what is sent and received. */
def streamRoutines(int header) {
    def out = queueBytes(incoming())

    send:                                        // ESI bytes, ECX of them
    begin()
    mov eax, [sent]
    mov edi, rings + out
    if (header) {
        mov dword[edi], nothing
        mov dword[edi + 4], 0
        mov dword[edi + 8], header
        mov dword[edi + 12], 1 | 1 << 16
        add edi, 16
    }
    mov [edi], esi
    mov dword[edi + 4], 0
    mov [edi + 8], ecx
    mov dword[edi + 12], 0
    and eax, incoming() - 1
    mov word[rings + out + availableAt(incoming()) + 4 + eax*2], 0
    inc dword[sent]
    mov eax, [sent]
    mov [rings + out + availableAt(incoming()) + 2], ax
    mov eax, 1
    notifyDevice()
    .wait:
    mov ax, [rings + out + usedAt(incoming()) + 2]
    cmp ax, [sent]
    je .done
    waitForInterrupt
    jmp .wait
    .done:
    xor eax, eax
    back()
    ret

    receive:                                     // to EDI
    begin()
    movzx eax, word[rings + usedAt(incoming()) + 2]
    cmp ax, [seen]
    je .nothing
    mov ebx, [seen]
    and ebx, incoming() - 1
    mov ebp, [rings + usedAt(incoming()) + 4 + ebx*8]             // which buffer
    mov ecx, [rings + usedAt(incoming()) + 8 + ebx*8]             // how much
    sub ecx, header
    mov eax, ecx
    mov esi, ebp
    shl esi, 11
    add esi, buffers + header
    rep movsb
    mov [rings + availableAt(incoming()) + 4 + ebx*2], bp         // the buffer waits again
    inc dword[seen]
    inc word[rings + availableAt(incoming()) + 2]
    push eax
    xor eax, eax
    notifyDevice()
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

def streamData() {
    rings 2, incoming()
    sent: dd 0
    seen: dd 0
    nothing: dd 0, 0, 0
    align 64
    buffers: resb incoming() * room()
}

driver('virtio-net') {
    about 'a split network adapter: frames of up to 1514 bytes; NAME_mac is its address'
    setting base: 0xfe000000, irq: 5, number: 0, doorbell: 0
    code {
        streamProbe(1, 1 << 5) {                 // MAC
            mov eax, [esi + reg('configuration')]
            mov [mac], eax
            mov ax, [esi + reg('configuration') + 4]
            mov [mac + 4], ax
        }
        streamRoutines(12)
    }
    data {
        streamData()
        mac: resb 6
    }
    interrupt { acknowledged() }
}

driver('virtio-console') {
    about 'a split console: bytes to and from it'
    setting base: 0xfe000000, irq: 5, number: 0, doorbell: 0
    code {
        streamProbe(3, 0) {
            xor eax, eax
        }
        streamRoutines(0)
    }
    data { streamData() }
    interrupt { acknowledged() }
}
