;;; software interrupts against the gate's privilege
%macro soft 1
  try %%next
  user %%here
%%here:
  %1
%%next:
%endmacro
  soft {int 0x40}
  soft {int 0x80}
  soft {int 0x81}
  soft {int3}
  soft {int 0x0d}
  soft {int 0x90}
  soft {int 0xff}
  soft {int 1}
  soft {int 2}
  returning
  int 0x40
  int 0x8f
  try .a
  int 0x90
.a:
  try .b
  mov al, 0x7f
  add al, 1
  user .u
.u:
  mov al, 0x7f
  add al, 1
  into
.b:
;;; gates that cannot be used
%macro bad_gate 3
  idt_gate 0x50, %1, .never, %2
  try %%next
  int 0x50
%%next:
  show %3, esp
%endmacro
  bad_gate CODE0, 0x0e, 'absent'
  bad_gate CODE0, 0x8c, 'call gate'
  bad_gate CODE0, 0x89, 'tss'
  bad_gate CODE0, 0x9b, 'segment'
  bad_gate CODE0, 0x8d, 'type 13'
  bad_gate CODE0, 0x80, 'type 0'
  bad_gate 0, 0x8e, 'null'
  bad_gate 3, 0x8e, 'null 3'
  bad_gate 0xfff0, 0x8e, 'beyond'
  bad_gate 0x0c, 0x8e, 'ldt'
  bad_gate DATA0, 0x8e, 'data'
  bad_gate TSS0, 0x8e, 'system'
  bad_gate ABSENTCODE, 0x8e, 'absent code'
  bad_gate CODE3, 0x8e, 'outer'
  bad_gate CODE0 + 3, 0x0f, 'rpl'
  idt_gate 0x50, CODE0 + 3, stubs + 0x50 * 16, 0x8f
  try .last
  int 0x50
.last:
  jmp finish
.never:
  show 'reached', esp
;;; a gate's offset beyond the code segment's limit
;;; only QEMU 7.2 checks no limit of the code segment behind a gate
;;= V0D E0000 0008:00012032 F00000002 S0010:0002FFF4 D0010,0010,0010,0010
;;= V0D E0001 0008:00012066 F00000002 S0010:0002FFF4 D0010,0010,0010,0010
;;= END
  idt_gate 0x50, SMALLCODE, stubs, 0x8e
  try .a
  int 0x50
.a:
  idt_gate 6, SMALLCODE, stubs, 0x8e
  try .b
  ud2
.b:
;;; EXT of faults raised while delivering a hardware exception and a software interrupt
;;; only QEMU 7.2 leaves EXT clear in error codes of the handler's code segment
;;= V08 E0000 0008:00012034 F00000002 S0010:0002FFF4 D0010,0010,0010,0010
;;= V08 E0000 0008:0001206A F00000002 S0010:0002FFF4 D0010,0010,0010,0010
;;= V0D EFFF0 0008:00012076 F00000002 S0010:0002FFF4 D0010,0010,0010,0010
;;= V0D E0001 0008:000120AA F00000002 S0010:0002FFF4 D0010,0010,0010,0010
;;= V0D E0011 0008:000120DE F00000002 S0010:0002FFF4 D0010,0010,0010,0010
;;= V0B E0061 0008:00012112 F00000002 S0010:0002FFF4 D0010,0010,0010,0010
;;= V0B E0060 0008:00012146 F00000002 S0010:0002FFF4 D0010,0010,0010,0010
;;= V0B E0061 0008:00012179 F00000002 S0010:0002FFF4 D0010,0010,0010,0010
;;= END
  idt_gate 0, CODE0, stubs, 0x0e
  try .a
  xor ecx, ecx
  div ecx
.a:
  idt_gate 0, 0xfff0, stubs, 0x8e
  try .b
  xor ecx, ecx
  div ecx
.b:
  try .c
  int 0
.c:
  idt_gate 6, 0, stubs, 0x8e
  try .d
  ud2
.d:
  idt_gate 6, DATA0, stubs, 0x8e
  try .e
  ud2
.e:
  idt_gate 6, ABSENTCODE, stubs, 0x8e
  try .f
  ud2
.f:
  try .h
  idt_gate 3, ABSENTCODE, stubs, 0x8e
  int3
.h:
  try .i
  idt_gate 1, ABSENTCODE, stubs, 0x8e
  int1
.i:
;;; interrupt gate clears IF, trap gate keeps it, both clear TF and NT
  idt_gate 0x50, CODE0, .handler, 0x8e
  idt_gate 0x51, CODE0, .handler, 0x8f
  push dword 0x4202
  popfd
  int 0x50
  show_flags 'after'
  int 0x51
  show_flags 'after'
  push dword 2
  popfd
  int 0x51
  jmp finish
.handler:
  show_flags 'in'
  show_stack 3
  iretd
;;; 16-bit gates push 16-bit frames
  idt_gate 0x50, CODE16, .at16 - start, 0x86
  idt_gate 0x51, CODE16, .at16 - start, 0x87
%macro through16 2
  mov dword [go_on], %%next
  %1
%%next:
  show %2, esp
%endmacro
  push dword 0x202
  popfd
  through16 {int 0x50}, 'interrupt gate'
  push dword 0x202
  popfd
  through16 {int 0x51}, 'trap gate'
  idt_gate 0x50, CODE16, .at16 - start, 0xe6
  through16 {user .u}, 'from ring 3'
  idt_gate 13, CODE16, .at16 - start, 0x86
  mov ax, 0xfff0
  through16 {mov ds, ax}, 'fault'
  jmp finish
.u:
  int 0x50
bits 16
.at16:
  o32 jmp dword CODE0:.show
bits 32
.show:
  mov bx, DATA0
  mov ds, bx
  mov es, bx
  mov fs, bx
  mov gs, bx
  show 'esp', esp
  show_flags 'flags'
  show_stack 3
  mov esp, KSTACK
  push dword 2
  popfd
  jmp [go_on]
;;; conforming handler keeps ring 3
  idt_gate 0x50, CONFORMING, .handler, 0xee
  try .next
  user .u
.u:
  int 0x50
  mov ebx, esp
  int 0x80
.next:
  jmp finish
.handler:
  mov eax, cs
  mov ecx, [esp + 4]
  mov edx, [esp]
  iretd
;;; handler in ring 1 and its stack
  idt_gate 0x50, CODE1, .handler, 0xee
  try .next
  user .u
.u:
  int 0x50
  int 0x80
.next:
  try .last
  user .v, 0x1002
.v:
  int 0x51
.last:
  jmp finish
.handler:
  mov eax, esp
  mov ebx, ss
  mov ecx, [esp + 12]
  mov edx, [esp + 16]
  push eax
  mov eax, cs
  pop eax
  iretd
;;; stacks that the TSS names wrongly
;;; wrong V0A E0068 (.*)
;;; right V0C E0068 $1
;;; because an absent stack segment is #SS, not #TS (SDM vol. 2, INT n)
  idt_gate 0x50, CODE1, .never, 0xee
%macro bad_stack 3
  mov dword [tss + 12], %1
  mov dword [tss + 16], %2
  try %%next
  user %%here
%%here:
  int 0x50
%%next:
  show %3, esp
%endmacro
  bad_stack STACK1, 0, 'null'
  bad_stack STACK1, 1, 'null 1'
  bad_stack STACK1, 0xfff1, 'beyond'
  bad_stack STACK1, DATA0, 'rpl'
  bad_stack STACK1, DATA0 + 1, 'dpl'
  bad_stack STACK1, DATA1 + 1, 'rpl 2'
  bad_stack STACK1, CODE1, 'code'
  bad_stack STACK1, ABSENT1, 'absent'
  gdt_segment FREE1, SCRATCH, 0xfff, 0xb0, 4
  bad_stack 0x100, FREE1 + 1, 'read-only'
  mov word [gdt + TSS0], 0x0b
  mov byte [gdt + TSS0 + 5], 0x89
  mov ax, TSS0
  ltr ax
  bad_stack STACK1, DATA1, 'short tss'
  jmp finish
.never:
  jmp $
;;; inner stacks that are too small
;;; only QEMU 7.2 checks no limit of the inner stack
;;= V0C E00B0 001B:0001206B F00000002 S0010:00033FEC O0023:0003C000 D0000,0000,0000,0000
;;= too small 0002FFDC
;;= V0C E00B0 001B:000120B1 F00000002 S0010:00033FEC O0023:0003C000 D0000,0000,0000,0000
;;= too small by a byte 0002FFDC
;;= V0C E00B0 001B:00012101 F00000002 S0010:00033FEC O0023:0003C000 D0000,0000,0000,0000
;;= outside 0002FFDC
;;= V0C E00B0 001B:00012145 F00000002 S0010:00033FEC O0023:0003C000 D0000,0000,0000,0000
;;= far outside 0002FFDC
;;= V0C E00B0 001B:0001218D F00000002 S0010:00033FEC O0023:0003C000 D0000,0000,0000,0000
;;= zero 0002FFDC
;;= END
  idt_gate 0x50, CODE1, .never, 0xee
  gdt_segment FREE1, SCRATCH, 0xfff, 0xb2, 4
%macro small_stack 2
  mov dword [tss + 12], %1
  mov dword [tss + 16], FREE1 + 1
  try %%next
  user %%here
%%here:
  int 0x50
%%next:
  show %2, esp
%endmacro
  small_stack 0x10, 'too small'
  small_stack 0x13, 'too small by a byte'
  small_stack 0x1001, 'outside'
  small_stack 0x2000, 'far outside'
  small_stack 0, 'zero'
  jmp finish
.never:
  show 'reached', eax
;;; stack of a 16-bit TSS
  mov word [tss_c + 2], 0x4000
  mov word [tss_c + 4], DATA16
  mov ax, TSSC
  ltr ax
  idt_gate 0x80, CODE0, .handler, 0xee
  user .u
.u:
  int 0x80
.handler:
  mov ax, DATA0
  mov ds, ax
  movzx ebp, sp
  show 'esp', esp
  show 'ss', ss
  show 'eip', [ds:SCRATCH + ebp]
  show 'cs', [ds:SCRATCH + ebp + 4]
  show 'esp', [ds:SCRATCH + ebp + 12]
  show 'ss', [ds:SCRATCH + ebp + 16]
  mov ss, ax
  mov esp, KSTACK
  mov byte [gdt + TSSC + 5], 0x81
  mov word [gdt + TSSC], 8
  mov ax, TSSC
  ltr ax
  idt_gate 0x50, CODE1, .handler, 0xee
  mov word [tss_c + 2], 0xf000
  mov word [tss_c + 4], DATA0
  try .a
  user .v
.v:
  int 0x50
.a:
;;; double faults: contributory after contributory
  idt_gate 13, CODE0, stubs + 13 * 16, 0x0e
  try .a
  mov ax, 0xfff0
  mov ds, ax
.a:
  idt_gate 13, CODE0, stubs + 13 * 16, 0x8e
  idt_gate 0, ABSENTCODE, stubs, 0x8e
  idt_gate 11, ABSENTCODE, stubs, 0x8e
  try .b
  xor ecx, ecx
  div ecx
.b:
  try .c
  ud2
.c:
  idt_gate 6, ABSENTCODE, stubs, 0x8e
  try .d
  ud2
.d:
  try .e
  int 6
.e:
;;; triple fault: no double-fault handler
  show 'before', esp
  mov word [scratch], 0
  mov dword [scratch + 2], 0
  lidt [scratch]
  ud2
;;; triple fault: the double-fault gate is absent
  idt_gate 8, CODE0, stubs + 8 * 16, 0x0e
  idt_gate 13, CODE0, stubs + 13 * 16, 0x0e
  show 'before', esp
  mov ax, 0xfff0
  mov ds, ax
;;; triple fault: no stack for any handler
  mov dword [tss + 8], 0
  show 'before', esp
  user .u
.u:
  ud2
;;; NMI and reserved vectors by INT n
  returning
  int 2
  int 18
  int 19
  int 31
  int 15
;;; interrupt gate to a conforming segment with DPL above CPL
  idt_gate 0x50, CONFORMING3, .never, 0x8e
  try .a
  int 0x50
.a:
  idt_gate 0x50, EXECONLY, stubs + 0x50 * 16, 0xee
  try .b
  int 0x50
.b:
  jmp finish
.never:
  jmp $
