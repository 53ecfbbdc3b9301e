;;; entering and leaving virtual-8086 mode
  place16 .v, .end
  try .a
  virtual 0
.v:
bits 16
  mov ax, cs
  mov bx, ss
  mov cx, ds
  mov dx, sp
  int3
.end:
bits 32
.a:
  try .b
  virtual 0, 0x3202
.b:
;;; instructions below IOPL 3
%macro monitored 1-2 2
  jmp %%start
bits 16
%%v:
  %1
  int3
  int3
%%end:
bits 32
%%start:
  place16 %%v, %%end
  mov byte [V86 + 0x1000], 0
  try %%next
  virtual 0, %2
%%next:
%endmacro
  monitored cli
  monitored sti
  monitored pushf
  monitored popf
  monitored {int 0x21}
  monitored iret
  monitored {o32 pushfd}
  monitored {o32 popfd}
  monitored {o32 iretd}
  monitored {hlt}
  monitored {in al, 0x80}
  monitored {out 0x10, al}
  monitored {lgdt [0]}
  monitored {sgdt [0]}
  monitored {smsw ax}
  monitored {sldt ax}
  monitored {str ax}
  monitored {lldt ax}
  monitored {lar ax, bx}
  monitored {lsl ax, bx}
  monitored {verr ax}
  monitored {arpl ax, bx}
  monitored {clts}
  monitored {mov eax, cr0}
  monitored {mov cr0, eax}
  monitored {mov eax, dr7}
  monitored {invlpg [0]}
  monitored {into}
  monitored {ud2}
;;; instructions at IOPL 3
%macro monitored3 1-*
  jmp %%start
bits 16
%%v:
  %rep %0
  %1
  %rotate 1
  %endrep
  mov bx, sp
  int3
%%end:
bits 32
%%start:
  place16 %%v, %%end
  try %%next
  virtual 0, IMAGE_FLAGS
%%next:
%endmacro
%define IMAGE_FLAGS 0x3202
  monitored3 cli
  monitored3 pushf
  monitored3 pushf, {pop ax}
  monitored3 {push word 0}, popf
  monitored3 {push word 0x7ed7}, popf, pushf, {pop ax}
  monitored3 {int 0x81}
  monitored3 {int 0x0d}
  monitored3 {int 0x90}
  monitored3 {o32 pushfd}, {pop eax}
  monitored3 {push dword 0xfffffeff}, {o32 popfd}
  monitored3 {push word 2}, {push word 0x5000}, {push word 10}, nop, iret, nop, nop
  monitored3 hlt
  monitored3 {in al, 0x80}
%define IMAGE_FLAGS 0x3002
  monitored3 sti
;;; segments wrap at 64 KiB in virtual-8086 mode
%macro monitored4 1-*
  jmp %%start
bits 16
%%v:
  %rep %0
  %1
  %rotate 1
  %endrep
  int3
%%end:
bits 32
%%start:
  place16 %%v, %%end
  try %%next
  virtual 0
%%next:
%endmacro
  monitored4 {mov ax, 0x1234}, {mov ds, ax}, {mov es, ax}, {mov fs, ax}
  monitored4 {mov ax, 0x6000}, {mov ds, ax}, {mov word [0x10], 0x4321}, {mov bx, [0x10]}
  show 'memory', [SCRATCH + 0x10]
  monitored4 {call 0x5000:6}, nop, {mov bp, sp}, {mov bx, [bp]}, {mov cx, [bp + 2]}
  monitored4 {push word 0x5000}, {push word 10}, retf, nop, nop, nop, {mov dx, 7}
  monitored4 {jmp 0x4fff:0x18}, {times 20 nop}
;;; data limits in virtual-8086 mode
;;; only QEMU 7.2 checks neither limit nor type of a data or stack access
;;= V0D E0000 5000:00000000 F00020002 S0010:00033FDC O6000:00000F00 D0000,0000,0000,0000 W5200,5100,5300,5400
;;= V0D E0000 5000:00000000 F00020002 S0010:00033FDC O6000:00000F00 D0000,0000,0000,0000 W5200,5100,5300,5400
;;= V03 5000:00000004 F00020002 S0010:00033FDC O6000:00000F00 D0000,0000,0000,0000 W5200,5100,5300,5400
;;= V0C E0000 5000:00000003 F00020002 S0010:00033FDC O6000:00000001 D0000,0000,0000,0000 W5200,5100,5300,5400
;;= V03 5000:00000005 F00020002 S0010:00033FDC O6000:0000FFFE D0000,0000,0000,0000 W5200,5100,5300,5400
;;= END
%macro monitored5 1-*
  jmp %%start
bits 16
%%v:
  %rep %0
  %1
  %rotate 1
  %endrep
  int3
%%end:
bits 32
%%start:
  place16 %%v, %%end
  try %%next
  virtual 0
%%next:
%endmacro
  monitored5 {mov ax, [0xffff]}
  monitored5 {mov eax, [dword 0x10000]}
  monitored5 {mov al, [0xffff]}
  monitored5 {mov sp, 1}, {push ax}
  monitored5 {mov sp, 0}, {push ax}
;;; gates that virtual-8086 mode cannot use
;;; wrong V0D E0010 0031:00010... .*
;;; right V0D E0030 5000:00000000 F00020002 S0010:00033FDC O6000:00000F00 D0000,0000,0000,0000 W5200,5100,5300,5400
;;; because from virtual-8086 mode a handler must be in ring 0 (SDM vol. 2, INT n)
  place16 .v, .end
  idt_gate 3, CONFORMING, stubs + 3 * 16, 0xee
  try .a
  virtual 0
.v:
bits 16
  int3
.end:
bits 32
.a:
  idt_gate 3, CODE1, stubs + 3 * 16, 0xee
  try .b
  virtual 0
.b:
  idt_gate 3, CODE0, stubs + 3 * 16, 0x8e
  try .c
  virtual 0
.c:
;;; IRET to virtual-8086 mode through a 16-bit operand stays in protected mode
  push dword 0x20002
  push word 0x0002
  push word CODE16
  push word .v - start
  o16 iret
bits 16
.v:
  o32 jmp dword CODE0:.a
bits 32
.a:
  show_flags 'flags'
;;; ports in virtual-8086 mode follow the bitmap at any IOPL
  mov byte [tss_map + 0x10], 0xfb
  mov word [gdt + TSS0], tss_end - tss + 2
%macro port 2
  jmp %%start
bits 16
%%v:
  %1
  int3
%%end:
bits 32
%%start:
  place16 %%v, %%end
  try %%next
  virtual 0, %2
%%next:
%endmacro
  mov byte [tss_map + 0x0c], 0xfe
  port {in al, 0x60}, 0x3002
  port {in al, 0x61}, 0x3002
  port {in ax, 0x60}, 0x3002
  port {in al, 0x60}, 2
;;; a V86 task
  mov dword [tss_b + 4], 0x2e000
  mov dword [tss_b + 8], DATA0
  mov dword [tss_b + 0x20], 0
  mov dword [tss_b + 0x24], 0x23002
  mov dword [tss_b + 0x38], 0xf00
  mov dword [tss_b + 0x48], 0x5100
  mov dword [tss_b + 0x4c], 0x5000
  mov dword [tss_b + 0x50], 0x6000
  mov dword [tss_b + 0x54], 0x5200
  mov dword [tss_b + 0x58], 0x5300
  mov dword [tss_b + 0x5c], 0x5400
  place16 .v, .end
  try .a
  jmp TSSB:0
.v:
bits 16
  mov ax, cs
  mov bx, gs
  int3
.end:
bits 32
.a:
  str ax
  movzx eax, ax
  show 'tr', eax
;;; VME: interrupts and the virtual interrupt flag below IOPL 3
;;; only QEMU 7.2 has no interrupt redirection
;;= V03 5000:00000055 F00020002 S0010:00033FDC O6000:00000F00 D0000,0000,0000,0000 W5200,5100,5300,5400
;;= cs:ip 50000002
;;= flags 30023002
;;= V03 5000:00000002 F00020002 S0010:00033FDC O6000:00000F00 D0000,0000,0000,0000 W5200,5100,5300,5400
;;= V03 5000:00000002 F000A0002 S0010:00033FDC O6000:00000F00 D0000,0000,0000,0000 W5200,5100,5300,5400
;;= V03 5000:00000003 F00020002 S0010:00033FDC O6000:00000F00 D0000,0000,0000,0000 W5200,5100,5300,5400
;;= V03 5000:00000055 F00020002 S0010:00033FDC O6000:00000F00 D0000,0000,0000,0000 W5200,5100,5300,5400
;;= cs:ip 50000003
;;= flags 30023202
;;= V03 5000:00000005 F000A4002 S0010:00033FDC O6000:00000F00 D0000,0000,0000,0000 W5200,5100,5300,5400
;;= V0D E0000 5000:00000003 F00020002 S0010:00033FDC O6000:00000EFE D0000,0000,0000,0000 W5200,5100,5300,5400
;;= V03 5000:0000000C F000A0002 S0010:00033FDC O6000:00000F00 D0000,0000,0000,0000 W5200,5100,5300,5400
;;= V0D E0000 5000:00000000 F00020002 S0010:00033FDC O6000:00000F00 D0000,0000,0000,0000 W5200,5100,5300,5400
;;= V0D E0000 5000:00000000 F00020002 S0010:00033FDC O6000:00000F00 D0000,0000,0000,0000 W5200,5100,5300,5400
;;= V0D E0000 5000:00000000 F00020002 S0010:00033FDC O6000:00000F00 D0000,0000,0000,0000 W5200,5100,5300,5400
;;= V0D E0000 5000:00000000 F00120002 S0010:00033FDC O6000:00000F00 D0000,0000,0000,0000 W5200,5100,5300,5400
;;= V0D E0000 5000:00000003 F00120002 S0010:00033FDC O6000:00000EFE D0000,0000,0000,0000 W5200,5100,5300,5400
;;= V03 5000:00000004 F00120002 S0010:00033FDC O6000:00000F00 D0000,0000,0000,0000 W5200,5100,5300,5400
;;= V03 5000:00000055 F00023002 S0010:00033FDC O6000:00000F00 D0000,0000,0000,0000 W5200,5100,5300,5400
;;= cs:ip 50000002
;;= flags 30023202
;;= V0D E0112 5000:00000000 F00023202 S0010:00033FDC O6000:00000F00 D0000,0000,0000,0000 W5200,5100,5300,5400
;;= END
  mov eax, cr4
  or al, 1
  mov cr4, eax
%macro extended 1-*
  jmp %%start
bits 16
%%v:
  %rep %0
  %1
  %rotate 1
  %endrep
  int3
%%end:
  times 0x40 - ($ - %%v) db 0x90
  pop bx
  pop cx
  pop dx
  pushf
  pop ax
  mov [0], bx
  mov [2], cx
  mov [4], dx
  mov [6], ax
  int3
bits 32
%%start:
  mov word [0x21 * 4], 0x40
  mov word [0x21 * 4 + 2], 0x5000
  place16 %%v, %%start
  try %%next
  virtual 0, IMAGE_FLAGS
%%next:
%endmacro
%macro redirected 1-*
  extended %{1:-1}
  show 'cs:ip', [V86 + 0x2000]
  show 'flags', [V86 + 0x2004]
%endmacro
  or byte [tss_map - 32 + 0x22 / 8], 4
%define IMAGE_FLAGS 2
  redirected {int 0x21}
  extended cli
  extended sti
  extended sti, cli
  redirected sti, {int 0x21}
  extended {push word 0x7202}, popf
  extended {push word 0x0102}, popf
  extended {push word 0x3202}, {push word 0x5000}, {push word 10}, iret, nop, nop
  extended {o32 pushfd}
  extended {o32 iretd}
  extended {int 0x22}
%define IMAGE_FLAGS 0x100002
  extended sti
  extended {push word 0x202}, popf
  extended {push word 2}, popf
%define IMAGE_FLAGS 0x3202
  redirected {int 0x21}
  extended {int 0x22}
