;;; far jumps to code segments
;;; wrong accessed conforming 00CF9E00
;;; right accessed conforming 00CF9F00
;;; because a load of CS sets the descriptor's accessed bit (SDM vol. 3, section 3.4.5.1)
;;; wrong accessed execute-only 00CF9800
;;; right accessed execute-only 00CF9900
;;; because a load of CS sets the descriptor's accessed bit (SDM vol. 3, section 3.4.5.1)
%macro far_jump 2
  try %%next
  jmp %1:%%here
%%here:
  mov eax, cs
  show %2, eax
  jmp CODE0:%%next
%%next:
%endmacro
  far_jump CODE0, 'same'
  far_jump CODE0 + 1, 'rpl 1'
  far_jump CODE0 + 3, 'rpl 3'
  far_jump CONFORMING, 'conforming'
  far_jump CONFORMING + 3, 'conforming rpl 3'
  far_jump CONFORMING3, 'conforming dpl 3'
  far_jump CODE3, 'outer'
  far_jump CODE1, 'ring 1'
  far_jump 0, 'null'
  far_jump 3, 'null 3'
  far_jump 0xfff0, 'beyond'
  far_jump DATA0, 'data'
  far_jump LDT0, 'ldt'
  far_jump ABSENTCODE, 'absent'
  far_jump EXECONLY, 'execute only'
  far_jump 0x0c, 'ldt selector'
  show 'accessed conforming', [gdt + CONFORMING + 4]
  show 'accessed execute-only', [gdt + EXECONLY + 4]
;;; far jumps from ring 3
%macro outer_jump 2
  try %%next
  user %%u
%%u:
  jmp %1:%%here
%%here:
  mov eax, cs
  int 0x80
%%next:
  show %2, esp
%endmacro
  outer_jump CODE3, 'same'
  outer_jump CODE3 & ~3, 'rpl 0'
  outer_jump CODE0, 'ring 0'
  outer_jump CONFORMING, 'conforming'
  outer_jump CONFORMING3, 'conforming 3'
  outer_jump CODE1, 'ring 1'
  outer_jump TSS0, 'busy tss'
  outer_jump TSSB, 'tss'
;;; far calls and returns in one ring
  call CODE0:.f
  show 'esp', esp
  call CONFORMING + 2:.f
  show 'esp', esp
  call far [.pointer]
  push dword 1
  push dword 2
  call CODE0:.g
  show 'esp', esp
  o16 call far [.pointer16]
  show 'esp', esp
  try .a
  call ABSENTCODE:.f
.a:
  show 'esp', esp
  try .b
  call SMALLCODE:0x2000
.b:
  show 'esp', esp
  try .c
  call CODE3:.f
.c:
  jmp finish
.f:
  show_stack 2
  retf
.g:
  show_stack 4
  retf 8
.pointer:
  dd .f
  dw CODE0
.pointer16:
  dw .h - start
  dw CODE16
bits 16
.h:
  o32 jmp dword CODE0:.i
bits 32
.i:
  show_stack 1
  o16 retf
;;; call gates in one ring
  gdt_gate FREE1, CODE0, .f, 0x8c, 0
  gdt_gate FREE2, CODE0, .f, 0x8c, 3
  gdt_gate FREE3, CODE16, .f16 - start, 0x84, 0
  push dword 0x11
  call FREE1:0x12345678
  show 'esp', esp
  call FREE2:0
  show 'esp', esp
  jmp FREE1:0
.back:
  call FREE3:0
  show 'esp', esp
  gdt_gate FREE1, CODE0, .done, 0x8c, 0
  jmp FREE1 + 3:0
.again:
  jmp FREE1:0
.done:
  show 'cs', cs
  jmp finish
.f:
  show_stack 3
  cmp dword [esp + 4], CODE0
  jne .back
  retf
bits 16
.f16:
  o32 jmp dword CODE0:.g
bits 32
.g:
  show_stack 1
  o16 retf
;;; call gates to an inner ring
;;; wrong (V80 .* R)00000040(,.*)
;;; right $100000043$2
;;; because the RPL of CS becomes the CPL, through a gate to conforming code too (SDM vol. 2, CALL)
  gdt_gate FREE1, CODE0, .f, 0xec, 0
  gdt_gate FREE2, CODE0, .g, 0xec, 3
  gdt_gate FREE3, CODE1, .h, 0xec, 1
  gdt_gate FREE4, CONFORMING, .h, 0xec, 2
  try .a
  user .u
.u:
  call FREE1 + 3:0
  mov eax, esp
  int 0x80
.a:
  try .b
  user .v
.v:
  push dword 0x11
  push dword 0x22
  push dword 0x33
  call FREE2 + 3:0
  mov eax, esp
  int 0x80
.b:
  try .c
  user .w
.w:
  push dword 0x44
  call FREE3 + 3:0
  int 0x80
.c:
  try .d
  user .x
.x:
  call FREE4:0
  int 0x80
.d:
  jmp finish
.f:
  mov ax, DATA0
  mov ds, ax
  show 'cs', cs
  show 'esp', esp
  show_stack 4
  retf
.g:
  mov ax, DATA0
  mov ds, ax
  show 'esp', esp
  show_stack 7
  retf 12
.h:
  mov eax, cs
  mov ebx, esp
  mov ecx, [esp + 8]
  mov edx, [esp + 4]
  retf
;;; 16-bit call gate to an inner ring with parameters
  gdt_gate FREE1, CODE16, .f16 - start, 0xe4, 2
  try .a
  user .u
.u:
  push word 0x1111
  push word 0x2222
  call FREE1 + 3:0
  mov eax, esp
  mov ebx, ss
  int 0x80
.a:
  jmp finish
bits 16
.f16:
  o32 jmp dword CODE0:.f
bits 32
.f:
  mov ax, DATA0
  mov ds, ax
  show 'esp', esp
  show_stack 3
  gdt_segment FREE2, IMAGE, 0xffff, 0xfa, 4
  mov word [esp + 2], FREE2 + 3
  o16 retf 4
;;; limits of code segments that gates and returns lead to
;;; only QEMU 7.2 checks no limit of the code segment there
;;= V0D E0000 001B:00012043 F00000002 S0010:00033FEC O0023:0003C000 D0000,0000,0000,0000
;;= V0D E0000 0008:0001207C F00000002 S0010:0002FFF4 D0010,0010,0010,0010
;;= V0D E0000 0008:0001208D F00000002 S0010:0002FFF4 D0010,0010,0010,0010
;;= V0D E0000 0008:000120A8 F00000002 S0010:0002FFEC D0010,0010,0010,0010
;;= V0D E0000 0008:000120BF F00000002 S0010:0002FFE8 D0010,0010,0010,0010
;;= V0D E0000 0008:000120EF F00000002 S0010:0002FFE4 D0010,0010,0010,0010
;;= V0D E0000 0008:0001210D F00000002 S0010:0002FFE0 D0010,0010,0010,0010
;;= END
  gdt_gate FREE1, SMALLCODE, .f, 0xec, 0
  try .a
  user .u
.u:
  call FREE1 + 3:0
.a:
  gdt_gate FREE1, SMALLCODE, .f, 0x8c, 0
  try .b
  jmp FREE1:0
.b:
  try .c
  call FREE1:0
.c:
  try .d
  push dword SMALLCODE
  push dword 0x1000
  retf
.d:
  try .e
  push dword 2
  push dword SMALLCODE
  push dword 0x1000
  iretd
.e:
  gdt_segment FREE2, 0, 0xfff, 0xfa, 4
  try .g
  push dword DATA3
  push dword USTACK
  push dword FREE2 + 3
  push dword 0x1000
  retf
.g:
  try .h
  push dword DATA3
  push dword USTACK
  push dword 2
  push dword FREE2 + 3
  push dword 0x1000
  iretd
.h:
  jmp finish
.f:
  jmp $
;;; IRET in ring 3 ignores VM in the image
;;; only QEMU 7.2 enters virtual-8086 mode from ring 3
;;= V80 001B:0001202C F00000002 S0010:00033FEC O0023:0003C000 D0000,0000,0000,0000 R00000002,00000000,00000000,00000000
;;= END
  try .a
  user .u
.u:
  push dword 0x20002
  push dword CODE3
  push dword .v
  iretd
.v:
  pushfd
  pop eax
  int 0x80
.a:
;;; IRET in ring 0 loads VIF and VIP
;;; only QEMU 7.2 leaves VIF and VIP as they were
;;= vif vip 00180002
;;= none 00000002
;;= END
  push dword 0x180002
  push dword CODE0
  push dword .a
  iretd
.a:
  show_flags 'vif vip'
  push dword 2
  push dword CODE0
  push dword .b
  iretd
.b:
  show_flags 'none'
;;; call gates that refuse
;;; wrong V0A E0068 (.*)
;;; right V0C E0068 $1
;;; because an absent stack segment is #SS, not #TS (SDM vol. 2, CALL)
%macro refuse 3
  try %%next
  user %%u
%%u:
  %1
  int 0x80
%%next:
  show %3, esp
%endmacro
  gdt_gate FREE1, CODE0, .f, 0x8c, 0
  refuse {call FREE1:0}, 0, 'dpl'
  gdt_gate FREE1, CODE0, .f, 0x6c, 0
  refuse {call FREE1:0}, 0, 'absent'
  gdt_gate FREE1, CODE0, .f, 0xcc, 0
  refuse {call FREE1 + 3:0}, 0, 'dpl 2'
  gdt_gate FREE1, CODE0, .f, 0xec, 0
  refuse {jmp FREE1 + 3:0}, 0, 'jump inward'
  gdt_gate FREE1, 0, .f, 0xec, 0
  refuse {call FREE1 + 3:0}, 0, 'null'
  gdt_gate FREE1, DATA0, .f, 0xec, 0
  refuse {call FREE1 + 3:0}, 0, 'data'
  gdt_gate FREE1, ABSENTCODE, .f, 0xec, 0
  refuse {call FREE1 + 3:0}, 0, 'absent code'
  gdt_gate FREE1, 0xfff0, .f, 0xec, 0
  refuse {call FREE1 + 3:0}, 0, 'beyond'
  gdt_gate FREE1, FREE2, .f, 0xec, 0
  gdt_gate FREE2, CODE0, .f, 0xec, 0
  refuse {call FREE1 + 3:0}, 0, 'gate to gate'
  gdt_gate FREE1, CODE1, .f, 0xec, 0
  mov dword [tss + 16], DATA0
  refuse {call FREE1 + 3:0}, 0, 'stack rpl'
  mov dword [tss + 16], ABSENT1
  refuse {call FREE1 + 3:0}, 0, 'stack absent'
  mov dword [tss + 16], 0
  refuse {call FREE1 + 3:0}, 0, 'stack null'
  jmp finish
.f:
  jmp $
;;; far returns to an outer ring
  push dword DATA3
  push dword USTACK
  push dword CODE3
  push dword .u
  try .a
  mov ax, CONFORMING
  mov ds, ax
  mov ax, DATA3
  mov es, ax
  retf
.u:
  mov eax, esp
  int 0x80
.a:
  try .b
  push dword DATA3
  push dword USTACK
  push dword 0x77
  push dword 0x88
  push dword CODE3
  push dword .v
  retf 8
.v:
  mov eax, esp
  int 0x80
.b:
  try .c
  push dword DATA1
  push dword STACK1
  push dword CODE1
  push dword .w
  retf
.w:
  mov eax, esp
  int 0x40
.c:
  jmp finish
;;; far returns that fault
;;; wrong V0B E00B0 (.*)
;;; right V0C E00B0 $1
;;; because an absent stack segment is #SS, not #NP (SDM vol. 2, RET)
%macro bad_return 5
  try %%next
  push dword %4
  push dword USTACK
  push dword %1
  push dword %2
  %3
%%next:
  show %5, esp
%endmacro
  bad_return 0, .f, retf, DATA3, 'null'
  bad_return 3, .f, retf, DATA3, 'null 3'
  bad_return 0xfff0, .f, retf, DATA3, 'beyond'
  bad_return DATA0, .f, retf, DATA3, 'data'
  bad_return ABSENTCODE, .f, retf, DATA3, 'absent'
  bad_return CODE3 & ~3, .f, retf, DATA3, 'rpl below dpl'
  bad_return CODE0 + 3, .f, retf, DATA3, 'rpl above dpl'
  bad_return CODE3, .f, retf, 0, 'stack null'
  bad_return CODE3, .f, retf, DATA3 & ~3, 'stack rpl'
  bad_return CODE3, .f, retf, DATA0 + 3, 'stack dpl'
  bad_return CODE3, .f, retf, CODE3, 'stack code'
  bad_return CODE3, .f, retf, 0xfff3, 'stack beyond'
  gdt_segment FREE1, 0, 0xfffff, 0x72, 0xc
  bad_return CODE3, .f, retf, FREE1 + 3, 'stack absent'
  bad_return CONFORMING3, .f, retf, DATA3, 'to conforming'
  try .last
  user .u
.u:
  push dword CODE0
  push dword .f
  retf
.last:
  jmp finish
.f:
  mov eax, cs
  int 0x80
;;; IRET in one ring and flags it may change
%macro flags_return 2
  push dword %1
  push dword CODE0
  push dword %%next
  iretd
%%next:
  show_flags %2
  push dword 2
  popfd
%endmacro
  flags_return 0xffffffff & ~0x1a4100, 'all'
  flags_return 0x3002, 'iopl'
  flags_return 0x202, 'if'
  flags_return 0x240000, 'ac id'
  flags_return 0x10002, 'rf'
  pushfd
  or dword [esp], 0x44000
  popfd
  show_flags 'nt ac'
  push dword 2
  popfd
  push word 0x3202
  push word CODE16
  push word .at16 - start
  o16 iret
.back:
  show_flags 'after 16'
  jmp finish
bits 16
.at16:
  o32 jmp dword CODE0:.back
bits 32
;;; IRET from ring 3 cannot raise privilege or IOPL
%macro user_flags 3
  try %%next
  user %%u, %2
%%u:
  push dword %1
  push dword CODE3
  push dword %%here
  iretd
%%here:
  pushfd
  pop eax
  int 0x80
%%next:
  show %3, esp
%endmacro
  user_flags 0x3002, 2, 'iopl'
  user_flags 0x202, 2, 'if'
  user_flags 0x202, 0x3002, 'if with iopl 3'
  user_flags 0x2, 0x3202, 'if off with iopl 3'
  user_flags 0x244002 & ~0x4000, 2, 'ac id'
  try .a
  user .u
.u:
  push dword 2
  push dword CODE0
  push dword .v
  iretd
.v:
  int 0x80
.a:
  try .b
  user .w
.w:
  push dword 2
  push dword CODE3 & ~3
  push dword .v
  iretd
.b:
;;; IRET that faults
%macro bad_iret 4
  try %%next
  push dword %3
  push dword USTACK
  push dword 2
  push dword %1
  push dword %2
  iretd
%%next:
  show %4, esp
%endmacro
  bad_iret 0, .f, DATA3, 'null'
  bad_iret 0xfff0, .f, DATA3, 'beyond'
  bad_iret DATA0, .f, DATA3, 'data'
  bad_iret ABSENTCODE, .f, DATA3, 'absent'
  bad_iret CODE3 & ~3, .f, DATA3, 'rpl 0'
  bad_iret CODE0 + 3, .f, DATA3, 'rpl 3'
  bad_iret CODE3, .f, 0, 'stack null'
  bad_iret CODE3, .f, DATA0 + 3, 'stack dpl'
  bad_iret CODE3, .f, DATA3 & ~3, 'stack rpl'
  bad_iret CODE3, .f, 0xfffb, 'stack beyond'
  bad_iret LDT0, .f, 0, 'system'
  push dword 0x4002
  popfd
  try .nt
  iretd
.nt:
  mov word [tss], TSSB
  push dword 0x4002
  popfd
  try .nt2
  iretd
.nt2:
  mov word [tss], 4
  push dword 0x4002
  popfd
  try .nt3
  iretd
.nt3:
  mov word [tss], DATA0
  push dword 0x4002
  popfd
  try .nt4
  iretd
.nt4:
  jmp finish
.f:
  mov eax, cs
  int 0x80
;;; IRET to a 16-bit stack keeps the upper half of ESP
  gdt_segment FREE1, SCRATCH, 0xffff, 0xf2, 0
  mov esp, KSTACK - 0x100
  push dword FREE1 + 3
  push dword 0x12340800
  push dword 2
  push dword CODE3
  push dword .u
  try .a
  iretd
.u:
  mov eax, esp
  push eax
  mov ebx, esp
  int 0x80
.a:
;;; SYSENTER and SYSEXIT
  try .a
  sysenter
.a:
  mov ecx, 0x174
  xor edx, edx
  mov eax, CODE0
  wrmsr
  inc ecx
  mov eax, STACK0 - 16
  wrmsr
  inc ecx
  mov eax, .entry
  wrmsr
  try .b
  user .u, 0x202
.u:
  mov edx, 0x55
  sysenter
.after:
  mov eax, esp
  mov ebx, cs
  int 0x80
.b:
  mov ecx, 0x176
  rdmsr
  show 'eip', eax
  mov ecx, 0x174
  xor eax, eax
  xor edx, edx
  wrmsr
  try .c
  sysexit
.c:
  jmp finish
.entry:
  mov ax, DATA0
  mov ds, ax
  mov eax, cs
  show 'cs', eax
  mov eax, ss
  show 'ss', eax
  show 'esp', esp
  show_flags 'flags'
  mov dword [gdt + 0x18], 0x0000ffff
  mov edx, .after
  mov ecx, USTACK - 64
  sysexit
;;; unknown MSRs
;;; only QEMU 7.2 reads unknown MSRs as 0 and ignores writes
;;= V0D E0000 0008:0001200F F00000002 S0010:0002FFF4 D0010,0010,0010,0010
;;= V0D E0000 0008:00012020 F00000002 S0010:0002FFF4 D0010,0010,0010,0010
;;= END
  mov ecx, 0x7777
  try .a
  rdmsr
.a:
  mov ecx, 0x7777
  try .b
  wrmsr
.b:
