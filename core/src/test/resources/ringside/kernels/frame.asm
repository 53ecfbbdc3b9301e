; A whole small kernel as a 64 KiB ROM: from reset into flat protected mode, a GDT with one segment of every kind, an
; IDT whose handlers report what they got on port E9, then the scenario that is included. Runs the same on any PC.
;
; A report:  V<vector> [E<error>] <cs>:<eip> F<eflags without the arithmetic flags> S<ss>:<esp at the handler's entry>
;            [O<ss>:<esp of the outer ring>] D<ds es fs gs> [C<cr2>] [B<dr6>] [R<eax ebx ecx edx>]
; After a report control goes to [resume] in ring 0 with all of the frame's segments and stack; 0 there means IRET.
cpu 686
%define IMAGE 0x10000
%define SCENARIO 0x12000         ; where the scenario's code lies, whatever the frame's size
%define ABS(label) ((label) - $$ + IMAGE)
%define KSTACK 0x30000          ; the scenario's own stack, ring 0
%define STACK0 0x34000          ; what the TSS names
%define STACK1 0x38000
%define STACK2 0x3a000
%define USTACK 0x3c000
%define PAGES 0x40000           ; page directory, then page tables
%define V86 0x50000             ; where virtual-8086 and real-mode code is copied to
%define SCRATCH 0x60000

; selectors
%define CODE0 0x08
%define DATA0 0x10
%define CODE3 0x1b
%define DATA3 0x23
%define TSS0 0x28
%define CODE1 0x31
%define DATA1 0x39
%define CONFORMING 0x40
%define SMALL 0x48              ; 4 KiB of data at SCRATCH, byte granular, limit 0xfff
%define DOWN 0x50               ; expand-down, 32-bit, base SCRATCH, limit 0xfff
%define ABSENT 0x58             ; data, not present
%define ABSENTCODE 0x60
%define ABSENT1 0x69            ; ring 1 data, not present
%define LDT0 0x70
%define CODE16 0x78             ; base 0, limit 64 KiB, at the image
%define DATA16 0x80             ; 16-bit stack and data at SCRATCH
%define EXECONLY 0x88
%define READONLY 0x90
%define TSSB 0x98               ; second task, 32-bit
%define TSSC 0xa0               ; third task, 16-bit
%define SMALLCODE 0xa8          ; base at the scenario, limit 0xfff
%define FREE1 0xb0              ; four places for the scenario
%define FREE2 0xb8
%define FREE3 0xc0
%define FREE4 0xc8
%define DATA3SMALL 0xd3         ; ring 3 data at SCRATCH, limit 0xfff
%define DOWN16 0xd8             ; expand-down, 16-bit, base SCRATCH, limit 0xfff
%define CONFORMING3 0xe3        ; conforming with DPL 3
%define GDTEND 0xe7

; segment base, limit, access byte, flags (4: 32-bit, 8: pages, c: both)
%macro segment_descriptor 4
  dw (%2) & 0xffff, (%1) & 0xffff
  db ((%1) >> 16) & 0xff, %3, ((%2) >> 16) & 0xf | (%4) << 4, ((%1) >> 24) & 0xff
%endmacro
; gate selector, offset, access byte, parameters
%macro gate_descriptor 4
  dw (%2) & 0xffff, %1, (%4) | (%3) << 8, ((%2) >> 16) & 0xffff
%endmacro

; writes a gate at run time: linear address of the descriptor, selector, label, access byte, parameters
%macro put_gate 5
  push eax
  mov eax, %3
  mov [%1], ax
  mov word [%1 + 2], %2
  mov word [%1 + 4], (%5) | (%4) << 8
  shr eax, 16
  mov [%1 + 6], ax
  pop eax
%endmacro
; in the GDT: selector, target selector, label, access byte, parameters
%macro gdt_gate 5
  put_gate gdt + (%1 & 0xf8), %2, %3, %4, %5
%endmacro
; in the IDT: vector, selector, label, access byte
%macro idt_gate 4
  put_gate idt + (%1) * 8, %2, %3, %4, 0
%endmacro
; in the GDT: selector, base, limit, access byte, flags
%macro gdt_segment 5
  mov dword [gdt + (%1 & 0xf8)], (%3) & 0xffff | ((%2) & 0xffff) << 16
  mov dword [gdt + (%1 & 0xf8) + 4], ((%2) >> 16) & 0xff | (%4) << 8 | ((%3) & 0xf0000) | (%5) << 20 | (%2) & 0xff000000
%endmacro

; where the next report goes on
%macro try 1
  mov dword [resume], %1
%endmacro
; the next reports return by IRET
%macro returning 0
  mov dword [resume], 0
%endmacro
; a word, then a value, on a line; keeps registers and flags
%macro show 2
  pushfd
  pushad
  mov eax, %2
  call show_value
  db %1, 0
  popad
  popfd
%endmacro
; the flags themselves without the arithmetic ones
%macro show_flags 1
  pushfd
  pop dword [scratch]
  and dword [scratch], ~0x8d5
  show %1, [scratch]
%endmacro
; n dwords from the stack's top
%macro show_stack 1
  %assign i 0
  %rep %1
    mov eax, [esp + i * 4]
    mov [stack_copy + i * 4], eax
    %assign i i + 1
  %endrep
  %assign i 0
  %rep %1
    show 'stack', [stack_copy + i * 4]
    %assign i i + 1
  %endrep
%endmacro
; ring 3 at a label, with an EFLAGS image
%macro user 1-2 2
  push dword DATA3
  push dword USTACK
  push dword %2
  push dword CODE3
  push dword %1
  iretd
%endmacro
; virtual-8086 mode at V86:offset with an EFLAGS image (VM is added)
%macro virtual 1-2 2
  push dword 0x5400             ; gs
  push dword 0x5300             ; fs
  push dword 0x5200             ; ds
  push dword 0x5100             ; es
  push dword 0x6000             ; ss
  push dword 0x0f00             ; esp
  push dword (%2) | 0x20000
  push dword 0x5000             ; cs
  push dword %1
  iretd
%endmacro
; copies code between two labels to V86
%macro place16 2
  mov esi, %1
  mov edi, V86
  mov ecx, %2 - %1
  rep movsb
%endmacro

; a task in ring 0 that starts at a label
%macro task_b 1
  mov dword [tss_b + 0x20], %1
  mov dword [tss_b + 0x24], 2
  mov dword [tss_b + 0x38], 0x2f000
  mov dword [tss_b + 0x48], DATA0
  mov dword [tss_b + 0x4c], CODE0
  mov dword [tss_b + 0x50], DATA0
  mov dword [tss_b + 0x54], DATA0
  mov dword [tss_b + 0x58], DATA0
  mov dword [tss_b + 0x5c], DATA0
  mov word [tss_b + 0x66], 0x68
%endmacro
; whose TSS is busy
%macro busy_bits 1
  show %1, [gdt + TSS0 + 4]
  show %1, [gdt + TSSB + 4]
  show %1, [gdt + TSSC + 4]
%endmacro

; real mode at V86:0 with a vector table of 32 entries, DS=6100, SS=6000; instructions are tried between the two
; A line of a handler: r<ip> <cs> <flags> <sp> <ax> <flags in the handler>
%macro real_begin 0
  jmp real_start
bits 16
real16:
  mov eax, cr0
  and al, ~1
  mov cr0, eax
  jmp 0x5000:(real - real16)
real:
  xor ax, ax
  mov ds, ax
  mov ax, 0x6000
  mov ss, ax
  mov sp, 0x1000
  mov cx, 0x20
  xor bx, bx
real_fill:
  mov word [bx], real_vector - real16
  mov word [bx + 2], 0x5000
  add bx, 4
  loop real_fill
  lidt [cs:real_idt - real16]
  mov ax, 0x6100
  mov ds, ax
  xor bp, bp
%endmacro
%macro real_try 1-*
  mov bp, %%next - real16
  %rep %0
  %1
  %rotate 1
  %endrep
%%next:
  mov sp, 0x1000
%endmacro
%macro real_end 0
  mov al, 'e'
  out 0xe9, al
  mov al, 10
  out 0xe9, al
  mov al, 0
  out 0xf4, al
real_vector:
  mov bx, sp
  mov dx, ds
  mov si, ax
  mov al, 'r'
  out 0xe9, al
  mov ax, [ss:bx]
  call real_hex
  mov ax, [ss:bx + 2]
  call real_hex
  mov ax, [ss:bx + 4]
  and ax, ~0x8d5
  call real_hex
  mov ax, bx
  call real_hex
  mov ax, si
  call real_hex
  pushf
  pop ax
  and ax, ~0x8d5
  call real_hex
  mov al, 10
  out 0xe9, al
  mov ax, 0x6100
  mov ds, ax
  jmp bp
real_hex:
  mov cx, 4
real_digit:
  rol ax, 4
  push ax
  and al, 15
  cmp al, 10
  sbb al, 0x69
  das
  out 0xe9, al
  pop ax
  loop real_digit
  mov al, ' '
  out 0xe9, al
  ret
real_idt:
  dw 0x7f
  dd 0
real_end:
bits 32
real_start:
  place16 real16, real_end
  gdt_segment FREE1, V86, 0xffff, 0x9a, 0
  gdt_segment FREE2, V86, 0xffff, 0x92, 0
  mov ax, FREE2
  mov ds, ax
  mov es, ax
  mov ss, ax
  mov fs, ax
  mov gs, ax
  jmp FREE1:0
%endmacro

section .text start=0 vstart=IMAGE
bits 32
start:
  mov ax, DATA0
  mov ss, ax
  mov ds, ax
  mov es, ax
  mov fs, ax
  mov gs, ax
  mov esp, KSTACK
  lgdt [gdtr]
  jmp CODE0:.flat
.flat:
  lidt [idtr]
  xor ecx, ecx
.vectors:
  mov eax, ecx
  shl eax, 4
  add eax, stubs
  mov [idt + ecx * 8], ax
  mov word [idt + ecx * 8 + 2], CODE0
  mov word [idt + ecx * 8 + 4], 0x8e00
  shr eax, 16
  mov [idt + ecx * 8 + 6], ax
  inc ecx
  cmp ecx, 0x90
  jb .vectors
  mov byte [idt + 3 * 8 + 5], 0xee
  mov byte [idt + 4 * 8 + 5], 0xee
  mov byte [idt + 0x80 * 8 + 5], 0xee
  mov byte [idt + 0x81 * 8 + 5], 0xef
  mov ax, TSS0
  ltr ax
  mov al, 0xff                  ; no interrupt but those a scenario asks for
  out 0x21, al
  out 0xa1, al
  xor eax, eax
  mov ebx, eax
  mov ecx, eax
  mov edx, eax
  mov esi, eax
  mov edi, eax
  mov ebp, eax
  jmp scenario

; ends the run
finish:
  call text
  db 'END', 10, 0
  mov al, 0
  out 0xf4, al
  jmp $

; ---- output; DS is flat

text:
  pop esi
.next:
  lodsb
  test al, al
  jz .done
  out 0xe9, al
  jmp .next
.done:
  jmp esi

; eax, then the text after the call, on a line
show_value:
  cld
  pop esi
  push eax
.next:
  lodsb
  test al, al
  jz .value
  out 0xe9, al
  jmp .next
.value:
  mov al, ' '
  out 0xe9, al
  pop eax
  call hex32
  mov al, 10
  out 0xe9, al
  jmp esi

hex32:
  mov ecx, 8
  jmp hex
hex16:
  shl eax, 16
  mov ecx, 4
  jmp hex
hex8:
  shl eax, 24
  mov ecx, 2
hex:
  rol eax, 4
  push eax
  and al, 15
  cmp al, 10
  sbb al, 0x69
  das
  out 0xe9, al
  pop eax
  loop hex
  ret

%macro letter 1
  mov al, %1
  out 0xe9, al
%endmacro
; a letter and 16 or 32 bits of memory
%macro field 3
  letter %1
  mov eax, %3
  call hex%2
%endmacro

; ---- reports

  times 0x200 - ($ - $$) db 0   ; at a fixed place: traces name addresses in here
stubs:
%assign v 0
%rep 0x90
  push strict dword v
  jmp near report
  align 16
  %assign v v + 1
%endrep

; stack: vector, [error], eip, cs, eflags, [esp, ss, [es, ds, fs, gs]]
report:
  pushad
  push ds
  push es
  push fs
  push gs
  cld
  mov ax, DATA0
  mov ds, ax
  mov es, ax
  mov ebp, esp
  lea esi, [ebp + 52]
  field 'V', 8, [ebp + 48]
  mov ecx, [ebp + 48]
  mov byte [has_error], 0
  cmp ecx, 31
  ja .no_error
  bt dword [error_vectors], ecx
  jnc .no_error
  mov byte [has_error], 4
  letter ' '
  field 'E', 16, [ss:esi]
  add esi, 4
.no_error:
  letter ' '
  mov eax, [ss:esi + 4]
  call hex16
  field ':', 32, [ss:esi]
  letter ' '
  mov eax, [ss:esi + 8]
  and eax, ~0x8d5
  mov [scratch], eax
  field 'F', 32, [scratch]
  letter ' '
  field 'S', 16, ss
  field ':', 32, esi
  mov eax, [ss:esi + 8]
  shr eax, 17
  and eax, 1
  mov [virtual_mode], eax
  jnz .outer
  mov eax, [ss:esi + 4]
  and eax, 3
  mov ecx, cs
  and ecx, 3
  cmp eax, ecx
  je .same
.outer:
  letter ' '
  field 'O', 16, [ss:esi + 16]
  field ':', 32, [ss:esi + 12]
.same:
  letter ' '
  field 'D', 16, [ebp + 12]
  field ',', 16, [ebp + 8]
  field ',', 16, [ebp + 4]
  field ',', 16, [ebp]
  cmp dword [virtual_mode], 0
  je .protected
  letter ' '
  field 'W', 16, [ss:esi + 24]
  field ',', 16, [ss:esi + 20]
  field ',', 16, [ss:esi + 28]
  field ',', 16, [ss:esi + 32]
.protected:
  mov eax, [ebp + 48]
  cmp eax, 14
  jne .no_address
  letter ' '
  field 'C', 32, cr2
.no_address:
  mov eax, [ebp + 48]
  cmp eax, 1
  jne .no_debug
  letter ' '
  field 'B', 32, dr6
  mov eax, 0xffff0ff0
  mov dr6, eax
.no_debug:
  mov eax, [ebp + 48]
  cmp eax, 0x40
  jb .no_registers
  letter ' '
  field 'R', 32, [ebp + 44]
  field ',', 32, [ebp + 32]
  field ',', 32, [ebp + 40]
  field ',', 32, [ebp + 36]
.no_registers:
  letter 10
  mov eax, [resume]
  test eax, eax
  jz .return
  mov dword [resume], lost
  mov cx, DATA0
  mov ss, cx
  mov esp, KSTACK
  mov fs, cx
  mov gs, cx
  push dword 2
  popfd
  jmp eax
.return:
  mov esp, ebp
  cmp byte [has_error], 0
  jne .drop_error
  pop gs
  pop fs
  pop es
  pop ds
  popad
  add esp, 4
  iretd
.drop_error:
  pop gs
  pop fs
  pop es
  pop ds
  popad
  add esp, 8
  iretd

; a report that the scenario did not wait for
lost:
  call text
  db 'LOST', 10, 0
  jmp finish

; prints the dwords at the stack's top, ecx of them, then goes to eax in ring 0: for handlers of odd frames
dump_and_go:
  mov bx, DATA0
  mov ds, bx
  mov [go_on], eax
  mov ebp, esp
.next:
  push ecx
  show 'word', [ss:ebp]
  pop ecx
  add ebp, 4
  loop .next
  mov ss, bx
  mov esp, KSTACK
  mov es, bx
  mov fs, bx
  mov gs, bx
  push dword 2
  popfd
  jmp [go_on]

; pages 0-4 MiB onto themselves for everybody, CR3 loaded; paging not yet on
identity_map:
  mov edi, PAGES
  mov ecx, 1024
  xor eax, eax
  rep stosd
  mov dword [PAGES], (PAGES + 0x1000) | 7
  mov edi, PAGES + 0x1000
  mov eax, 7
  mov ecx, 1024
.next:
  stosd
  add eax, 0x1000
  loop .next
  mov eax, PAGES
  mov cr3, eax
  ret
; the page-table entry of a linear address below 4 MiB
%define PTE(la) (PAGES + 0x1000 + ((la) >> 12) * 4)
%macro paging_on 0
  call identity_map
  mov eax, cr0
  or eax, 0x80000000
  mov cr0, eax
%endmacro

; ---- data

align 8
gdt:
  dq 0
  segment_descriptor 0, 0xfffff, 0x9b, 0xc
  segment_descriptor 0, 0xfffff, 0x93, 0xc
  segment_descriptor 0, 0xfffff, 0xfb, 0xc
  segment_descriptor 0, 0xfffff, 0xf3, 0xc
  segment_descriptor ABS(tss), tss_end - tss - 1, 0x89, 0
  segment_descriptor 0, 0xfffff, 0xbb, 0xc
  segment_descriptor 0, 0xfffff, 0xb3, 0xc
  segment_descriptor 0, 0xfffff, 0x9e, 0xc
  segment_descriptor SCRATCH, 0xfff, 0x92, 0x4
  segment_descriptor SCRATCH, 0xfff, 0x96, 0x4
  segment_descriptor 0, 0xfffff, 0x12, 0xc
  segment_descriptor 0, 0xfffff, 0x1a, 0xc
  segment_descriptor 0, 0xfffff, 0x32, 0xc
  segment_descriptor ABS(ldt), ldt_end - ldt - 1, 0x82, 0
  segment_descriptor IMAGE, 0xffff, 0x9a, 0
  segment_descriptor SCRATCH, 0xffff, 0x92, 0
  segment_descriptor 0, 0xfffff, 0x98, 0xc
  segment_descriptor 0, 0xfffff, 0x90, 0xc
  segment_descriptor ABS(tss_b), 0x67, 0x89, 0
  segment_descriptor ABS(tss_c), 0x2b, 0x81, 0
  segment_descriptor SCENARIO, 0xfff, 0x9a, 0x4
  dq 0, 0, 0, 0
  segment_descriptor SCRATCH, 0xfff, 0xf2, 0x4
  segment_descriptor SCRATCH, 0xfff, 0x96, 0
  segment_descriptor 0, 0xfffff, 0xfe, 0xc
gdt_end:
ldt:
  segment_descriptor 0, 0xfffff, 0x92, 0xc
  segment_descriptor 0, 0xfffff, 0xf2, 0xc
ldt_end:
gdtr:
  dw gdt_end - gdt - 1
  dd gdt
idtr:
  dw 0x90 * 8 - 1
  dd idt
align 8
idt:
  times 0x90 dq 0
align 8
tss:
  dd 0
  dd STACK0, DATA0, STACK1, DATA1, STACK2, 0
  times 0x66 - ($ - tss) db 0
  dw tss_map - tss
  times 32 db 0                 ; redirection bitmap: everything to the program
tss_map:
  times 16 db 0xff              ; ports 0-7f
  db 0xff, 0xff
tss_end:
align 8
tss_b:
  times 0x68 db 0
align 8
tss_c:
  times 0x2c db 0
align 4
error_vectors dd 0x27d00
resume dd lost
scratch dd 0
go_on dd 0
virtual_mode dd 0
stack_copy times 64 dd 0
has_error db 0

bits 32
  times SCENARIO - IMAGE - ($ - $$) db 0
scenario:
%include "scenario.inc"
  jmp finish

section .boot start=0xff00 vstart=0xff00 align=1
bits 16
boot:
  cli
  o32 lgdt [cs:boot_gdtr]
  mov eax, cr0
  or al, 1
  mov cr0, eax
  jmp dword 8:(0xf0000 + copy)
bits 32
copy:
  mov ax, 0x10
  mov ds, ax
  mov es, ax
  mov ss, ax
  cld
  mov esi, 0xf0000
  mov edi, IMAGE
  mov ecx, 0xf000 / 4
  rep movsd
  mov edi, SCRATCH
  xor eax, eax
  mov ecx, 0x10000 / 4
  rep stosd
  mov eax, start
  jmp eax
align 8
boot_gdt:
  dq 0, 0x00cf9b000000ffff, 0x00cf93000000ffff
boot_gdtr:
  dw 23
  dd 0xf0000 + boot_gdt
  times 0xf0 - ($ - $$) db 0
bits 16
  jmp 0xf000:boot
  times 0x100 - ($ - $$) db 0
