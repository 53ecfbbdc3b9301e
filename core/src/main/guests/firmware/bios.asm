; The firmware of the simulated server: an 8 KiB ROM at F000:E000, assembled by
;   nasm -f bin -o bios.bin bios.asm
; A small BIOS of the classic interface: INT 08h-1Ah as far as boot sectors and small systems use them. It prints
; on the text screen, on port E9 and on COM1. Sectors of hard disks go through the IDE controller, those of floppies
; through the firmware disk at ports 5D0h-5DFh, which also tells which drives there are.

bits 16
org 0xe000

DISK            equ 0x5d0
DISK_COMMAND    equ DISK + 1
DISK_COUNT      equ DISK + 2
DISK_LBA        equ DISK + 4
DISK_BUFFER     equ DISK + 8
DISK_READ       equ 1
DISK_WRITE      equ 2

BDA             equ 0x400               ; the BIOS data area, addressed with DS = 0
COM_PORTS       equ BDA + 0x00
EQUIPMENT       equ BDA + 0x10
BASE_MEMORY     equ BDA + 0x13
SHIFTS          equ BDA + 0x17
KEY_HEAD        equ BDA + 0x1a          ; offsets from BDA, as is tradition
KEY_TAIL        equ BDA + 0x1c
KEY_BUFFER      equ 0x1e
KEY_END         equ 0x3e
FLOPPY_STATUS   equ BDA + 0x41
VIDEO_MODE      equ BDA + 0x49
COLUMNS         equ BDA + 0x4a
PAGE_BYTES      equ BDA + 0x4c
CURSOR          equ BDA + 0x50
CURSOR_SHAPE    equ BDA + 0x60
CRTC            equ BDA + 0x63
TICKS           equ BDA + 0x6c
MIDNIGHT        equ BDA + 0x70
DISK_STATUS     equ BDA + 0x74
HARD_DISKS      equ BDA + 0x75
DISK_INTERRUPT  equ BDA + 0x8e
KEY_FIRST       equ BDA + 0x80
KEY_LAST        equ BDA + 0x82
ROWS_LESS_1     equ BDA + 0x84

TICKS_PER_DAY   equ 0x1800b0

; what ENTER_SERVICE leaves at SS:BP: the caller's registers, to be changed there
R_DI            equ 0
R_SI            equ 4
R_BP            equ 8
R_BX            equ 16
R_DX            equ 20
R_CX            equ 24
R_AX            equ 28
R_ES            equ 32
R_DS            equ 34
R_FLAGS         equ 40

%macro ENTER_SERVICE 0
        push ds
        push es
        pushad
        mov bp, sp
        xor bx, bx
        mov ds, bx
        mov ebx, [bp + R_BX]
        cld
%endmacro

%macro LEAVE_SERVICE 0
        popad
        pop es
        pop ds
        iret
%endmacro

%macro SET_VECTOR 2
        mov word [%1 * 4], %2
%endmacro

; ---------------------------------------------------------------- power on

start:
        cli
        cld
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 0x7c00
        mov al, 0x01
        out 0x80, al

        mov di, 0                       ; every vector: return
        mov cx, 256
.vector:
        mov ax, ignore
        stosw
        mov ax, 0xf000
        stosw
        loop .vector
        mov di, 0x70 * 4                ; the slave's lines
        mov cx, 8
.slave:
        mov ax, slave_line
        stosw
        mov ax, 0xf000
        stosw
        loop .slave
        SET_VECTOR 0x00, exception_0
        SET_VECTOR 0x06, exception_6
        SET_VECTOR 0x08, timer
        SET_VECTOR 0x09, keyboard
        SET_VECTOR 0x0a, line_2
        SET_VECTOR 0x0b, line_3
        SET_VECTOR 0x0c, line_4
        SET_VECTOR 0x0d, line_5
        SET_VECTOR 0x0e, line_6
        SET_VECTOR 0x0f, line_7
        SET_VECTOR 0x10, video
        SET_VECTOR 0x11, equipment
        SET_VECTOR 0x12, base_memory
        SET_VECTOR 0x13, disk
        SET_VECTOR 0x14, serial
        SET_VECTOR 0x15, system
        SET_VECTOR 0x16, keys
        SET_VECTOR 0x18, no_boot
        SET_VECTOR 0x19, boot
        SET_VECTOR 0x1a, time
        SET_VECTOR 0x76, disk_line
        SET_VECTOR 0x77, disk_line

        mov di, BDA                     ; the data area, from zero
        mov cx, 0x80
        xor ax, ax
        rep stosw
        mov word [COM_PORTS], 0x3f8
        mov word [COM_PORTS + 2], 0x2f8
        mov word [EQUIPMENT], 0x0424    ; two serial ports, mouse port, 80 x 25 colour
        mov word [BASE_MEMORY], 640
        mov word [KEY_HEAD], KEY_BUFFER
        mov word [KEY_TAIL], KEY_BUFFER
        mov word [KEY_FIRST], KEY_BUFFER
        mov word [KEY_LAST], KEY_END
        mov byte [VIDEO_MODE], 3
        mov word [COLUMNS], 80
        mov word [PAGE_BYTES], 4096
        mov word [CURSOR_SHAPE], 0x0607
        mov word [CRTC], 0x3d4
        mov byte [ROWS_LESS_1], 24

        mov al, 0x11                    ; both 8259: lines at 08h and 70h
        out 0x20, al
        out 0xa0, al
        mov al, 0x08
        out 0x21, al
        mov al, 0x70
        out 0xa1, al
        mov al, 0x04
        out 0x21, al
        mov al, 0x02
        out 0xa1, al
        mov al, 0x01
        out 0x21, al
        out 0xa1, al
        mov al, 0xf8                    ; timer, keyboard, cascade
        out 0x21, al
        mov al, 0x3f                    ; both disk channels
        out 0xa1, al
        mov al, 0x36                    ; 18.2 ticks a second
        out 0x43, al
        xor al, al
        out 0x40, al
        out 0x40, al
        mov al, 0x03                    ; COM1: 8 bits, no parity, 115200 baud
        call com1_setup

        mov dl, 0x80                    ; count the drives
        call count_drives
        mov [HARD_DISKS], cl
        mov dl, 0x00
        call count_drives
        jcxz .no_floppy
        dec cx
        shl cx, 6
        inc cx
        or [EQUIPMENT], cx
.no_floppy:
        call clear_screen
        call set_ticks
        mov al, 0x02
        out 0x80, al
        sti
        int 0x19

; Counts the drives from DL up into CX.
count_drives:
        xor cx, cx
.next:
        call select
        jz .done
        inc cx
        inc dl
        cmp cl, 4
        jb .next
.done:
        ret

com1_setup:
        push ax
        mov dx, 0x3fb
        mov al, 0x80
        out dx, al
        mov dx, 0x3f8
        mov al, 1
        out dx, al
        inc dx
        xor al, al
        out dx, al
        mov dx, 0x3fb
        pop ax
        out dx, al
        ret

; Ticks since midnight, from the clock: seconds * 1193182 / 65536.
set_ticks:
        mov al, 4
        call cmos_binary
        movzx ecx, al
        imul ecx, ecx, 60
        mov al, 2
        call cmos_binary
        movzx eax, al
        add ecx, eax
        imul ecx, ecx, 60
        mov al, 0
        call cmos_binary
        movzx eax, al
        add eax, ecx
        mov ecx, 1193182
        mul ecx
        shrd eax, edx, 16
        mov [TICKS], eax
        ret

cmos:
        out 0x70, al
        in al, 0x71
        ret

cmos_binary:
        call cmos
        mov ah, al
        shr ah, 4
        and al, 15
        aad
        ret

; ---------------------------------------------------------------- INT 19h, 18h: boot

boot:
        xor ax, ax
        mov ds, ax
        mov ss, ax
        mov sp, 0x7c00
        sti
        mov dl, 0x80
        call try_boot
        mov dl, 0x00
        call try_boot
        int 0x18

; Returns if drive DL cannot be booted.
try_boot:
        xor ax, ax
        mov es, ax
        mov bx, 0x7c00
        mov ax, 0x0201
        mov cx, 1
        mov dh, 0
        int 0x13
        jc .no
        cmp word [0x7dfe], 0xaa55
        jne .no
        mov al, 0x03
        out 0x80, al
        xor ax, ax
        mov es, ax
        mov sp, 0x7c00
        jmp 0x0000:0x7c00
.no:
        ret

no_boot:
        mov si, .text
        call print
        cli
        hlt
        jmp no_boot
.text:  db 'No bootable disk: drives 80h and 00h have no sector that ends with 55 AA', 13, 10, 0

; Prints the text at CS:SI.
print:
        cs lodsb
        test al, al
        jz .done
        mov ah, 0x0e
        mov bx, 7
        int 0x10
        jmp print
.done:
        ret

; ---------------------------------------------------------------- hardware interrupts and exceptions

ignore:
        iret

timer:
        push ds
        push ax
        xor ax, ax
        mov ds, ax
        push eax
        mov eax, [TICKS]
        inc eax
        cmp eax, TICKS_PER_DAY
        jb .store
        xor eax, eax
        mov byte [MIDNIGHT], 1
.store:
        mov [TICKS], eax
        pop eax
        int 0x1c
        mov al, 0x20
        out 0x20, al
        pop ax
        pop ds
        iret

disk_line:
        push ds
        push 0
        pop ds
        mov byte [DISK_INTERRUPT], 0xff
        pop ds
slave_line:
        push ax
        mov al, 0x20
        out 0xa0, al
        out 0x20, al
        pop ax
        iret

line_7:
        push ax                         ; spurious if nothing is in service
        mov al, 0x0b
        out 0x20, al
        in al, 0x20
        test al, 0x80
        jz .spurious
        mov al, 0x20
        out 0x20, al
.spurious:
        pop ax
        iret

; The master's lines share their vectors with exceptions: those have nothing in service.
%macro MASTER_LINE 1
line_%1:
        push ax
        mov al, 0x0b
        out 0x20, al
        in al, 0x20
        test al, 1 << %1
        mov al, 0x08 + %1
        jz exception
        mov al, 0x20
        out 0x20, al
        pop ax
        iret
%endmacro

        MASTER_LINE 2
        MASTER_LINE 3
        MASTER_LINE 4
        MASTER_LINE 5
        MASTER_LINE 6

exception_0:
        push ax
        mov al, 0
        jmp exception

exception_6:
        push ax
        mov al, 6

; Exception AL, with AX, IP and CS on the stack: says so and stops.
exception:
        mov bp, sp
        mov dl, al
        mov si, .text
        call print
        mov al, dl
        call print_hex
        mov si, .at
        call print
        mov al, [bp + 5]
        call print_hex
        mov al, [bp + 4]
        call print_hex
        mov si, .colon
        call print
        mov al, [bp + 3]
        call print_hex
        mov al, [bp + 2]
        call print_hex
        mov si, .end
        call print
.stop:
        cli
        hlt
        jmp .stop
.text:  db 13, 10, 'Exception ', 0
.at:    db ' at ', 0
.colon: db ':', 0
.end:   db ', and nobody handles it', 13, 10, 0

print_hex:
        push ax
        shr al, 4
        call .digit
        pop ax
        and al, 15
.digit:
        cmp al, 10
        sbb al, 0x69
        das
        mov ah, 0x0e
        mov bx, 7
        int 0x10
        ret

; ---------------------------------------------------------------- INT 10h: video

video:
        ENTER_SERVICE
        cmp ah, 0x0e
        je .teletype
        cmp ah, 0x00
        je .set_mode
        cmp ah, 0x01
        je .shape
        cmp ah, 0x02
        je .set_cursor
        cmp ah, 0x03
        je .get_cursor
        cmp ah, 0x06
        je .scroll_up
        cmp ah, 0x07
        je .scroll_down
        cmp ah, 0x08
        je .read
        cmp ah, 0x09
        je .write_attribute
        cmp ah, 0x0a
        je .write
        cmp ah, 0x0f
        je .get_mode
        cmp ah, 0x13
        je .string
        cmp ax, 0x1a00
        je .combination
.done:
        LEAVE_SERVICE

.set_mode:
        and al, 0x7f
        mov [VIDEO_MODE], al
        call clear_screen
        jmp .done
.shape:
        mov [CURSOR_SHAPE], cx
        jmp .done
.set_cursor:
        mov [CURSOR], dx
        call show_cursor
        jmp .done
.get_cursor:
        mov ax, [CURSOR]
        mov [bp + R_DX], ax
        mov ax, [CURSOR_SHAPE]
        mov [bp + R_CX], ax
        jmp .done
.get_mode:
        mov al, [VIDEO_MODE]
        mov ah, 80
        mov [bp + R_AX], ax
        mov byte [bp + R_BX + 1], 0
        jmp .done
.combination:
        mov byte [bp + R_AX], 0x1a
        mov word [bp + R_BX], 0x0008    ; a VGA with a colour monitor
        jmp .done
.read:
        call cursor_cell
        mov ax, [es:di]
        mov [bp + R_AX], ax
        jmp .done
.write_attribute:
        mov ah, bl
        call cursor_cell
        rep stosw
        jmp .done
.write:
        call cursor_cell
        jcxz .done
.write_next:
        stosb
        inc di
        loop .write_next
        jmp .done
.teletype:
        call put_character
        jmp .done

; ES:BP of the caller, CX characters, DX position, BL attribute; AL bit 0: move the cursor, bit 1: attributes inside
.string:
        push fs
        push word [CURSOR]
        mov [CURSOR], dx
        jcxz .string_done
        mov si, [bp + R_BP]
        mov fs, [bp + R_ES]
.string_next:
        mov al, [fs:si]
        inc si
        test byte [bp + R_AX], 2
        jz .attribute
        mov bl, [fs:si]
        inc si
.attribute:
        cmp al, ' '
        jb .plain
        push ax
        push cx
        call cursor_cell
        mov [es:di + 1], bl
        pop cx
        pop ax
.plain:
        call put_character
        loop .string_next
.string_done:
        pop ax
        pop fs
        test byte [bp + R_AX], 1
        jnz .done
        mov [CURSOR], ax
        call show_cursor
        jmp .done

; AL rows (0: all) of the window CX to DX, filled with attribute BH
.scroll_up:
        call scroll_up
        jmp .done
.scroll_down:
        call scroll_down
        jmp .done

; ES:DI = the cell under the cursor. Keeps AX, BX, CX.
cursor_cell:
        push ax
        mov ax, 0xb800
        mov es, ax
        mov al, 80
        mul byte [CURSOR + 1]
        movzx di, byte [CURSOR]
        add di, ax
        shl di, 1
        pop ax
        ret

; Tells the CRTC where the cursor is. Keeps all but AX, DX.
show_cursor:
        push cx
        mov al, 80
        mul byte [CURSOR + 1]
        movzx cx, byte [CURSOR]
        add cx, ax
        mov dx, 0x3d4
        mov al, 0x0e
        mov ah, ch
        out dx, ax
        mov al, 0x0f
        mov ah, cl
        out dx, ax
        pop cx
        ret

clear_screen:
        push es
        mov ax, 0xb800
        mov es, ax
        xor di, di
        mov ax, 0x0720
        mov cx, 0x4000
        rep stosw
        mov word [CURSOR], 0
        call show_cursor
        pop es
        ret

; The character AL at the cursor, on port E9 and on COM1; control characters move. Keeps BX, CX, SI.
put_character:
        push cx
        out 0xe9, al
        mov ah, al
        mov dx, 0x3fd
.busy:
        in al, dx
        test al, 0x20
        jz .busy
        mov dx, 0x3f8
        mov al, ah
        out dx, al
        mov dx, [CURSOR]
        cmp al, 13
        je .return
        cmp al, 10
        je .feed
        cmp al, 8
        je .back
        cmp al, 7
        je .placed
        call cursor_cell
        mov [es:di], al
        inc dl
        cmp dl, 80
        jb .placed
        mov dl, 0
.feed:
        inc dh
        cmp dh, 25
        jb .placed
        mov dh, 24
        push bx
        push dx
        mov ax, 1
        mov bh, 7
        xor cx, cx
        mov dx, 24 << 8 | 79
        call scroll_up
        pop dx
        pop bx
        jmp .placed
.back:
        sub dl, 1
        adc dl, 0
        jmp .placed
.return:
        mov dl, 0
.placed:
        mov [CURSOR], dx
        call show_cursor
        pop cx
        ret

; Scrolls the window CX to DX by AL rows, 0 or too many clearing it; BH is the attribute of blank rows. Spoils AX.
scroll_up:
        call rows_to_scroll
        mov ah, ch
.next:
        push ax
        add al, ah                      ; row AH comes from row AH + AL
        cmp al, dh
        ja .blank
        call copy_row
        jmp .moved
.blank:
        call blank_row
.moved:
        pop ax
        inc ah
        cmp ah, dh
        jbe .next
        ret

scroll_down:
        call rows_to_scroll
        mov ah, dh
.next:
        push ax
        neg al
        add al, ah                      ; row AH comes from row AH - AL
        cmp al, ch
        jl .blank
        call copy_row
        jmp .moved
.blank:
        call blank_row
.moved:
        pop ax
        dec ah
        cmp ah, ch
        jge .next
        ret

rows_to_scroll:
        mov ah, dh
        sub ah, ch
        inc ah
        test al, al
        jz .all
        cmp al, ah
        jbe .done
.all:
        mov al, ah
.done:
        ret

; Row AL to row AH, columns CL to DL.
copy_row:
        pusha
        push ds
        mov bx, ax
        call row_cell
        mov si, di
        mov al, bh
        call row_cell
        mov ax, 0xb800
        mov ds, ax
        mov es, ax
        sub dl, cl
        movzx cx, dl
        inc cx
        rep movsw
        pop ds
        popa
        ret

; Row AH, columns CL to DL, with attribute BH.
blank_row:
        pusha
        mov al, ah
        call row_cell
        mov ax, 0xb800
        mov es, ax
        mov ah, bh
        mov al, ' '
        sub dl, cl
        movzx cx, dl
        inc cx
        rep stosw
        popa
        ret

; DI = the cell in row AL, column CL. Spoils AX.
row_cell:
        mov ah, 80
        mul ah
        movzx di, cl
        add di, ax
        shl di, 1
        ret

; ---------------------------------------------------------------- INT 11h, 12h: equipment and memory

equipment:
        push ds
        xor ax, ax
        mov ds, ax
        mov ax, [EQUIPMENT]
        pop ds
        iret

base_memory:
        push ds
        xor ax, ax
        mov ds, ax
        mov ax, [BASE_MEMORY]
        pop ds
        iret

; ---------------------------------------------------------------- INT 13h: disk

disk:
        ENTER_SERVICE
        cmp ah, 0x01
        je .status
        cmp ah, 0x15
        je .type
        call select
        mov ah, [bp + R_AX + 1]
        jz .no_drive
        cmp ah, 0x00
        je .ok
        cmp ah, 0x02
        je .chs
        cmp ah, 0x03
        je .chs
        cmp ah, 0x04
        je .ok
        cmp ah, 0x08
        je .parameters
        cmp dl, 0x80
        jb .unknown
        cmp ah, 0x0d                    ; reset, ready, recalibrate
        je .ok
        cmp ah, 0x10
        je .ok
        cmp ah, 0x11
        je .ok
        cmp ah, 0x41
        je .extensions
        cmp ah, 0x42
        je .packet
        cmp ah, 0x43
        je .packet
        cmp ah, 0x44
        je .ok
        cmp ah, 0x48
        je .extended_parameters
.unknown:
        mov ah, 0x01
        jmp .finish
.no_drive:
        mov ah, 0x80
        cmp byte [bp + R_AX + 1], 0x08
        jne .finish
        mov byte [bp + R_DX], 0
        mov ah, 0x07
        jmp .finish
.not_found:
        mov ah, 0x04
        jmp .finish
.status:
        mov ah, [DISK_STATUS]
        jmp .finish
.ok:
        mov ah, 0
.finish:
        mov [DISK_STATUS], ah
        mov [bp + R_AX + 1], ah
        and byte [bp + R_FLAGS], 0xfe
        test ah, ah
        jz .succeeded
        or byte [bp + R_FLAGS], 1
.succeeded:
        LEAVE_SERVICE

.type:
        call select
        mov byte [bp + R_AX + 1], 0
        jz .typed
        mov byte [bp + R_AX + 1], 1
        cmp dl, 0x80
        jb .typed
        mov byte [bp + R_AX + 1], 3
        mov [bp + R_DX], ax
        shr eax, 16
        mov [bp + R_CX], ax
.typed:
        and byte [bp + R_FLAGS], 0xfe
        LEAVE_SERVICE

; CH, CL, DH to a sector, AL sectors, ES:BX
.chs:
        call geometry
        movzx esi, al                   ; sectors a track
        movzx edi, ah                   ; heads
        movzx eax, byte [bp + R_CX + 1]
        mov ah, [bp + R_CX]
        shr ah, 6
        imul eax, edi
        movzx ecx, byte [bp + R_DX + 1]
        cmp ecx, edi
        jae .not_found
        add eax, ecx
        imul eax, esi
        movzx ecx, byte [bp + R_CX]
        and ecx, 63
        jz .not_found
        cmp ecx, esi
        ja .not_found
        lea eax, [eax + ecx - 1]
        movzx edi, word [bp + R_ES]
        shl edi, 4
        movzx ecx, word [bp + R_BX]
        add edi, ecx
        movzx cx, byte [bp + R_AX]
        test cx, cx
        jz .unknown
        mov bl, [bp + R_AX + 1]
        dec bl
        call transfer
        test ah, ah
        jz .finish
        mov byte [bp + R_AX], 0
        jmp .finish

.parameters:
        call geometry
        mov ebx, eax
        shr eax, 16
        dec ax
        mov [bp + R_CX + 1], al
        shl ah, 6
        or ah, bl
        mov [bp + R_CX], ah
        dec bh
        mov [bp + R_DX + 1], bh
        mov al, [HARD_DISKS]
        cmp dl, 0x80
        jae .drives
        mov byte [bp + R_BX], 4
        mov ax, [EQUIPMENT]
        shr al, 6
        inc al
.drives:
        mov [bp + R_DX], al
        mov byte [bp + R_AX], 0
        jmp .ok

.extensions:
        cmp word [bp + R_BX], 0x55aa
        jne .unknown
        mov word [bp + R_BX], 0xaa55
        mov word [bp + R_CX], 1         ; the packet functions
        mov byte [bp + R_AX + 1], 0x21
        and byte [bp + R_FLAGS], 0xfe
        LEAVE_SERVICE

; DS:SI: size, 0, sectors (word), offset, segment, first sector (8 bytes)
.packet:
        mov bl, ah
        sub bl, 0x41
        push ds
        mov ds, [bp + R_DS]
        mov si, [bp + R_SI]
        mov al, [si]
        mov cx, [si + 2]
        movzx edi, word [si + 6]
        shl edi, 4
        movzx edx, word [si + 4]
        add edi, edx
        mov edx, [si + 12]
        mov esi, [si + 8]
        pop ds
        cmp al, 16
        jb .unknown
        test edx, edx
        jnz .not_found
        mov eax, esi
        call transfer
        jmp .finish

; DS:SI: the result buffer of 26 bytes
.extended_parameters:
        call select
        mov esi, eax
        call geometry
        mov es, [bp + R_DS]
        mov di, [bp + R_SI]
        cmp word [es:di], 26
        jb .unknown
        mov word [es:di], 26
        mov word [es:di + 2], 2         ; the geometry is valid
        movzx ecx, al
        mov [es:di + 12], ecx
        movzx ecx, ah
        mov [es:di + 8], ecx
        shr eax, 16
        mov [es:di + 4], eax
        mov [es:di + 16], esi
        mov dword [es:di + 20], 0
        mov word [es:di + 24], 512
        jmp .ok

; Selects drive DL: EAX = its sectors, ZF if there is none. Keeps the rest.
select:
        push dx
        mov al, dl
        mov dx, DISK
        out dx, al
        mov dx, DISK_LBA
        in eax, dx
        pop dx
        test eax, eax
        ret

; EAX = cylinders << 16 | heads << 8 | sectors a track of the selected drive.
geometry:
        push dx
        mov dx, DISK_BUFFER
        in eax, dx
        pop dx
        ret

; Command BL for CX sectors from EAX at PA EDI, for the drive in the caller's DL; AH = status. Spoils all but BP, DS.
transfer:
        cmp byte [bp + R_DX], 0x80
        jae ide_transfer
        mov dx, DISK_LBA
        out dx, eax
        mov dx, DISK_BUFFER
        mov eax, edi
        out dx, eax
        mov dx, DISK_COUNT
        mov ax, cx
        out dx, ax
        mov dx, DISK_COMMAND
        mov al, bl
        out dx, al
        mov dx, DISK
        in al, dx
        mov ah, al
        ret

; DX = this port of the drive's channel: the secondary one's are 80h lower.
%macro IDE_PORT 1
        mov dx, %1
        test byte [bp + R_DX], 2
        jz %%primary
        and dl, 0x7f
%%primary:
%endmacro

; The same by PIO on the IDE controller, a sector a command.
ide_transfer:
        mov esi, eax
        mov eax, edi
        shr eax, 4
        and di, 15
        cmp eax, 0xffff
        jbe .segment
        sub ax, 0xffff                  ; the high memory area
        shl ax, 4
        add di, ax
        mov ax, 0xffff
.segment:
        mov es, ax
.sector:
        call ide_command
        call ide_wait_request
        jnz .failed
        push cx
        mov cx, 256
        IDE_PORT 0x1f0
        cmp bl, DISK_WRITE
        je .write
        rep insw
        pop cx
        jmp .next
.write:
        push ds
        push esi
        push es
        pop ds
        mov si, di
        rep outsw
        mov di, si
        pop esi
        pop ds
        pop cx
        call ide_wait
        test al, 0x21
        jnz .failed
.next:
        inc esi
        mov ax, es
        cmp ax, 0xffe0
        jae .high
        add ax, 0x20
        mov es, ax
        sub di, 0x200
.high:
        loop .sector
        mov ah, 0
        ret
.failed:
        mov ah, 0xcc                    ; write fault
        test al, 0x20
        jnz .told
        IDE_PORT 0x1f1
        in al, dx
        mov ah, 0x10                    ; uncorrectable
        test al, 0x40
        jnz .told
        mov ah, 0x04                    ; not found
        test al, 0x10
        jnz .told
        mov ah, 0x20                    ; whatever else
.told:
        ret

; Command BL for the sector ESI. Spoils AX, DX.
ide_command:
        IDE_PORT 0x1f6
        mov eax, esi
        shr eax, 24
        and al, 0x0f
        mov ah, [bp + R_DX]
        and ah, 1
        shl ah, 4
        or al, ah
        or al, 0xe0
        out dx, al
        IDE_PORT 0x1f2
        mov al, 1
        out dx, al
        inc dx
        mov eax, esi
        out dx, al
        inc dx
        shr eax, 8
        out dx, al
        inc dx
        shr eax, 8
        out dx, al
        add dx, 2
        mov byte [DISK_INTERRUPT], 0
        mov al, 0x20
        cmp bl, DISK_WRITE
        jne .give
        mov al, 0x30
.give:
        out dx, al
        cmp bl, DISK_WRITE
        je .done                        ; the first request of a write comes without an interrupt
        jmp ide_halt
.done:
        ret

; Waits until the drive is not busy; AL = its status. Spoils DX.
ide_wait:
        call ide_halt
        IDE_PORT 0x1f7
.busy:
        in al, dx
        test al, 0x80
        jnz .busy
        ret

; The same without an interrupt to wait for; ZF if it asks for data and nothing is wrong.
ide_wait_request:
        IDE_PORT 0x1f7
.busy:
        in al, dx
        test al, 0x80
        jnz .busy
        mov ah, al
        and ah, 0x29
        cmp ah, 0x08
        ret

; Halts until the disk's interrupt has come, a second at most; if it is masked polling has to do. Spoils AX.
ide_halt:
        in al, 0xa1
        test al, 0xc0
        jnz .done
        in al, 0x21
        test al, 0x04
        jnz .done
        mov ah, 18
.look:
        cli
        cmp byte [DISK_INTERRUPT], 0
        jne .come
        sti
        hlt
        dec ah
        jnz .look
        cli
.come:
        mov byte [DISK_INTERRUPT], 0
.done:
        ret

; ---------------------------------------------------------------- INT 14h: serial ports

serial:
        ENTER_SERVICE
        cmp dx, 2
        jae .done
        mov si, dx
        shl si, 1
        mov dx, [si + COM_PORTS]
        cmp ah, 0x01
        je .send
        cmp ah, 0x02
        je .receive
.status:
        add dx, 5
        in al, dx
        mov [bp + R_AX + 1], al
        inc dx
        in al, dx
        mov [bp + R_AX], al
.done:
        LEAVE_SERVICE
.send:
        out dx, al
        jmp .line_status
.receive:
        sti
        add dx, 5
.wait:
        in al, dx
        test al, 1
        jz .wait
        sub dx, 5
        in al, dx
        mov [bp + R_AX], al
.line_status:
        add dx, 5
        in al, dx
        and al, 0x7f
        mov [bp + R_AX + 1], al
        jmp .done

; ---------------------------------------------------------------- INT 15h: system services

system:
        ENTER_SERVICE
        and byte [bp + R_FLAGS], 0xfe
        cmp ax, 0xe820
        je .map
        cmp ax, 0xe801
        je .blocks
        cmp ah, 0x88
        je .extended
        cmp ah, 0x24
        je .a20
        cmp ah, 0x86
        je .wait
.unknown:
        mov byte [bp + R_AX + 1], 0x86
        or byte [bp + R_FLAGS], 1
.done:
        LEAVE_SERVICE

; EBX continues, ES:DI gets 20 bytes
.map:
        cmp dword [bp + R_DX], 'SMAP'
        jne .unknown
        cmp dword [bp + R_CX], 20
        jb .unknown
        cmp ebx, 3
        ja .unknown
        mov es, [bp + R_ES]
        mov di, [bp + R_DI]
        mov si, bx
        shl si, 3
        mov eax, [cs:si + .bases]
        mov [es:di], eax
        mov eax, [cs:si + .bases + 4]
        cmp bx, 2
        jne .length
        call extended_bytes
.length:
        mov [es:di + 8], eax
        xor eax, eax
        mov [es:di + 4], eax
        mov [es:di + 12], eax
        mov al, bl
        and al, 1
        inc al                          ; odd entries are reserved
        mov [es:di + 16], eax
        inc bx
        and bx, 3
        mov [bp + R_BX], ebx
        mov dword [bp + R_AX], 'SMAP'
        mov dword [bp + R_CX], 20
        jmp .done
.bases: dd 0x00000000, 0x000a0000       ; base memory
        dd 0x000f0000, 0x00010000       ; the ROM's segment
        dd 0x00100000, 0                ; extended memory
        dd 0xffffe000, 0x00002000       ; the ROM at the top

; AX, CX: KiB below 16 MiB, at most 3C00h; BX, DX: blocks of 64 KiB above
.blocks:
        call extended_bytes
        mov ecx, eax
        cmp eax, 0xf00000
        jbe .below
        mov eax, 0xf00000
.below:
        sub ecx, eax
        shr eax, 10
        shr ecx, 16
        mov [bp + R_AX], ax
        mov [bp + R_CX], ax
        mov [bp + R_BX], cx
        mov [bp + R_DX], cx
        jmp .done

.extended:
        call extended_bytes
        shr eax, 10
        cmp eax, 0xfc00
        jbe .fits
        mov ax, 0xfc00
.fits:
        mov [bp + R_AX], ax
        jmp .done

; AL: 0 closes the gate, 1 opens it, 2 asks, 3 which ways there are
.a20:
        mov byte [bp + R_AX + 1], 0
        cmp al, 1
        jb .close
        je .open
        cmp al, 3
        ja .unknown
        je .ways
        in al, 0x92
        shr al, 1
        and al, 1
        mov [bp + R_AX], al
        jmp .done
.ways:
        mov word [bp + R_BX], 3         ; keyboard controller and port 92h
        jmp .done
.close:
        in al, 0x92
        and al, 0xfc
        out 0x92, al
        jmp .done
.open:
        in al, 0x92
        and al, 0xfe
        or al, 2
        out 0x92, al
        jmp .done

; CX:DX microseconds, by the refresh bit that changes every 15
.wait:
        mov ax, cx
        shl eax, 16
        mov ax, dx
        xor edx, edx
        mov ecx, 15
        div ecx
        mov ecx, eax
        in al, 0x61
        mov ah, al
.tick:
        test ecx, ecx
        jz .done
.same:
        in al, 0x61
        xor al, ah
        test al, 0x10
        jz .same
        xor ah, 0x10
        dec ecx
        jmp .tick

; EAX = bytes of memory from 1 MiB up. Keeps the rest.
extended_bytes:
        push ecx
        xor eax, eax
        mov al, 0x35
        call cmos
        mov ch, al
        mov al, 0x34
        call cmos
        mov cl, al
        movzx eax, cx
        shl eax, 16
        jz .small
        add eax, 0xf00000
        pop ecx
        ret
.small:
        mov al, 0x31
        call cmos
        mov ch, al
        mov al, 0x30
        call cmos
        mov cl, al
        movzx eax, cx
        shl eax, 10
        pop ecx
        ret

; ---------------------------------------------------------------- INT 09h, 16h: keyboard

keyboard:
        push ds
        pushad
        xor ax, ax
        mov ds, ax
        in al, 0x60
        mov ah, al
        and ah, 0x7f
        mov bl, 0x02
        cmp ah, 0x2a
        je .shift
        mov bl, 0x01
        cmp ah, 0x36
        je .shift
        mov bl, 0x04
        cmp ah, 0x1d
        je .shift
        mov bl, 0x08
        cmp ah, 0x38
        je .shift
        test al, 0x80
        jnz .done
        mov al, 0
        cmp ah, .plain_end - .plain
        jae .store
        movzx bx, ah
        mov al, [cs:bx + .plain]
        test byte [SHIFTS], 3
        jz .control
        mov al, [cs:bx + .shifted]
.control:
        test byte [SHIFTS], 4
        jz .store
        cmp al, 0x40
        jb .store
        and al, 0x1f
.store:
        call key_put
        jmp .done
.shift:
        or [SHIFTS], bl
        test al, 0x80
        jz .done
        not bl
        and [SHIFTS], bl
.done:
        mov al, 0x20
        out 0x20, al
        popad
        pop ds
        iret
.plain:
        db 0, 27, '1234567890-=', 8, 9, 'qwertyuiop[]', 13, 0, "asdfghjkl;'`", 0, '\', 'zxcvbnm,./', 0, '*', 0, ' '
.plain_end:
.shifted:
        db 0, 27, '!@#$%^&*()_+', 8, 9, 'QWERTYUIOP{}', 13, 0, 'ASDFGHJKL:"~', 0, '|', 'ZXCVBNM<>?', 0, '*', 0, ' '

; Puts AX into the buffer; CF if it is full. Spoils BX, SI.
key_put:
        mov bx, [KEY_TAIL]
        mov si, bx
        call key_next
        cmp si, [KEY_HEAD]
        stc
        je .full
        mov [bx + BDA], ax
        mov [KEY_TAIL], si
        clc
.full:
        ret

; SI = the place after SI.
key_next:
        add si, 2
        cmp si, [KEY_LAST]
        jb .done
        mov si, [KEY_FIRST]
.done:
        ret

keys:
        ENTER_SERVICE
        and ah, 0xef                    ; the functions of long keyboards are the same here
        cmp ah, 0x00
        je .get
        cmp ah, 0x01
        je .look
        cmp ah, 0x02
        je .shifts
        cmp ah, 0x05
        je .put
        jmp .done
.wait:
        sti
        hlt
.get:
        cli
        mov si, [KEY_HEAD]
        cmp si, [KEY_TAIL]
        je .wait
        mov ax, [si + BDA]
        mov [bp + R_AX], ax
        call key_next
        mov [KEY_HEAD], si
        jmp .done
.look:
        and byte [bp + R_FLAGS], 0xbf
        mov si, [KEY_HEAD]
        cmp si, [KEY_TAIL]
        je .none
        mov ax, [si + BDA]
        mov [bp + R_AX], ax
        jmp .done
.none:
        or byte [bp + R_FLAGS], 0x40
        jmp .done
.shifts:
        mov al, [SHIFTS]
        mov [bp + R_AX], al
        jmp .done
.put:
        mov ax, cx
        call key_put
        mov al, 0
        adc al, 0
        mov [bp + R_AX], al
.done:
        LEAVE_SERVICE

; ---------------------------------------------------------------- INT 1Ah: time

time:
        ENTER_SERVICE
        and byte [bp + R_FLAGS], 0xfe
        cmp ah, 0x00
        je .ticks
        cmp ah, 0x01
        je .set_ticks
        cmp ah, 0x02
        je .clock
        cmp ah, 0x04
        je .date
        or byte [bp + R_FLAGS], 1
.done:
        LEAVE_SERVICE
.ticks:
        mov ax, [TICKS]
        mov [bp + R_DX], ax
        mov ax, [TICKS + 2]
        mov [bp + R_CX], ax
        mov al, [MIDNIGHT]
        mov byte [MIDNIGHT], 0
        mov [bp + R_AX], al
        jmp .done
.set_ticks:
        mov [TICKS], dx
        mov [TICKS + 2], cx
        mov byte [MIDNIGHT], 0
        jmp .done
.clock:
        mov al, 4
        call cmos
        mov [bp + R_CX + 1], al
        mov al, 2
        call cmos
        mov [bp + R_CX], al
        mov al, 0
        call cmos
        mov [bp + R_DX + 1], al
        mov byte [bp + R_DX], 0
        jmp .done
.date:
        mov al, 0x32
        call cmos
        mov [bp + R_CX + 1], al
        mov al, 9
        call cmos
        mov [bp + R_CX], al
        mov al, 8
        call cmos
        mov [bp + R_DX + 1], al
        mov al, 7
        call cmos
        mov [bp + R_DX], al
        jmp .done

; ---------------------------------------------------------------- the reset vector

        times 0x1ff0 - ($ - $$) db 0xff
        jmp 0xf000:start
        db '01/03/05'                   ; the date, where programs look for it
        db 0
        db 0xfc, 0                      ; an AT
