; Finds two files in the root directory of the first partition, a FAT16, by reading the IDE disk through its ports:
; prints HELLO.TXT, adds up the bytes of BIG.BIN, then writes a greeting over the first sector of HELLO.TXT.
bits 16
org 0x8000

BOOT            equ 0x600               ; the partition's boot sector
CLUSTER_SECTORS equ BOOT + 0x0d
RESERVED        equ BOOT + 0x0e
FATS            equ BOOT + 0x10
ROOT_ENTRIES    equ BOOT + 0x11
FAT_SECTORS     equ BOOT + 0x16
SECTOR          equ 0x9000
FAT_SECTOR      equ 0xa000

        cld
        mov eax, [0x7dbe + 8]           ; where the first partition begins
        mov [partition], eax
        mov di, BOOT
        call read
        movzx eax, word [RESERVED]
        add eax, [partition]
        mov [fat], eax
        movzx ecx, word [FAT_SECTORS]
        movzx edx, byte [FATS]
        imul ecx, edx
        add eax, ecx
        mov [root], eax
        movzx ecx, word [ROOT_ENTRIES]
        shr ecx, 4
        add eax, ecx
        mov [data], eax

        mov si, hello_name
        call find
        push ax
        mov word [action], print
        call walk
        mov si, big_name
        call find
        mov word [action], sum
        call walk
        mov eax, [total]
        call print_hex

        pop ax                          ; the first cluster of HELLO.TXT
        call cluster_lba
        push eax
        mov di, SECTOR
        call read
        pop eax
        mov esi, greeting
        mov edi, SECTOR
        mov cx, greeting_end - greeting
        rep movsb
        mov si, SECTOR
        call write
        mov al, 0
        out 0xf4, al

; AX, ECX = first cluster and bytes of the file whose name is at SI.
find:
        mov eax, [root]
        mov dx, [ROOT_ENTRIES]
        shr dx, 4
.sector:
        push eax
        push dx
        mov di, SECTOR
        call read
        mov bx, SECTOR
.entry:
        push si
        mov di, bx
        mov cx, 11
        repe cmpsb
        pop si
        je .found
        add bx, 32
        cmp bx, SECTOR + 512
        jb .entry
        pop dx
        pop eax
        inc eax
        dec dx
        jnz .sector
        mov al, 0xee
        out 0xf4, al
.found:
        add sp, 6
        mov ax, [bx + 26]
        mov ecx, [bx + 28]
        ret

; Hands the sectors of the file AX, ECX bytes long, to [action], 512 bytes or what is left.
walk:
        mov [left], ecx
.cluster:
        push ax
        call cluster_lba
        movzx bx, byte [CLUSTER_SECTORS]
.sector:
        push eax
        push bx
        mov di, SECTOR
        call read
        mov ecx, [left]
        cmp ecx, 512
        jbe .part
        mov ecx, 512
.part:
        sub [left], ecx
        mov si, SECTOR
        jcxz .nothing
        call [action]
.nothing:
        pop bx
        pop eax
        inc eax
        dec bx
        jnz .sector
        pop ax
        movzx ebx, ah                   ; the next cluster, from the allocation table
        push ax
        mov eax, [fat]
        add eax, ebx
        mov di, FAT_SECTOR
        call read
        pop bx
        movzx bx, bl
        shl bx, 1
        mov ax, [bx + FAT_SECTOR]
        cmp ax, 0xfff8
        jb .cluster
        ret

cluster_lba:
        movzx eax, ax
        sub eax, 2
        movzx ecx, byte [CLUSTER_SECTORS]
        imul eax, ecx
        add eax, [data]
        ret

print:
        mov dx, 0x3f8
.next:
        lodsb
        out dx, al
        loop .next
        ret

sum:
        xor eax, eax
.next:
        lodsb
        add [total], eax
        loop .next
        ret

print_hex:
        mov cx, 8
        mov dx, 0x3f8
.digit:
        rol eax, 4
        push eax
        and al, 15
        cmp al, 10
        sbb al, 0x69
        das
        out dx, al
        pop eax
        loop .digit
        ret

; The sector EAX to ES:DI.
read:
        mov bl, 0x20
        call command
        mov cx, 256
        mov dx, 0x1f0
        rep insw
        ret

; The sector EAX from DS:SI.
write:
        mov bl, 0x30
        call command
        mov cx, 256
        mov dx, 0x1f0
        rep outsw
        mov dx, 0x1f7
.busy:
        in al, dx
        test al, 0x80
        jnz .busy
        ret

command:
        push eax
        mov dx, 0x1f3
        out dx, al
        shr eax, 8
        inc dx
        out dx, al
        shr eax, 8
        inc dx
        out dx, al
        mov al, ah
        or al, 0xe0
        inc dx
        out dx, al
        mov dx, 0x1f2
        mov al, 1
        out dx, al
        mov dx, 0x1f7
        mov al, bl
        out dx, al
.busy:
        in al, dx
        test al, 0x80
        jnz .busy
        pop eax
        ret

hello_name: db 'HELLO   TXT'
big_name:   db 'BIG     BIN'
greeting:   db 'written by the guest', 10
greeting_end:
partition:  dd 0
fat:        dd 0
root:       dd 0
data:       dd 0
left:       dd 0
total:      dd 0
action:     dw 0
        times 8 * 512 - ($ - $$) db 0
