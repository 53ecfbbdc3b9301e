; The code of a master boot record: loads the sectors behind it by INT 13h and leaves the partition table alone.
bits 16
org 0x7c00
        xor ax, ax
        mov ds, ax
        mov ss, ax
        mov sp, 0x7c00
        mov si, packet
        mov ah, 0x42
        int 0x13
        jc failed
        jmp 0:0x8000
failed: mov al, ah
        out 0xf4, al
packet: dw 16, 8, 0x8000, 0
        dq 1
        times 440 - ($ - $$) db 0
