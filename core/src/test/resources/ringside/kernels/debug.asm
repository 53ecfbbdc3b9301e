;;; single step
  returning
  push dword 0x102
  popfd
  nop
  xor eax, eax
  push dword 2
  popfd
  nop
  show 'done', esp
;;; single step over branches, calls and string instructions
  returning
  cld
  mov ecx, 3
  mov edi, SCRATCH
  push dword 0x102
  popfd
  jmp short .a
  nop
.a:
  call .f
  mov ecx, 3
  rep stosb
  xor ecx, ecx
  rep stosb
  push dword 2
  popfd
  jmp finish
.f:
  ret
;;; single step and software interrupts
  returning
  push dword 0x102
  popfd
  int 0x40
  nop
  push dword 2
  popfd
  nop
;;; single step into and out of ring 3
  returning
  user .u, 0x102
.u:
  nop
  mov eax, 1
  mov dword [ss:resume], .b
  int 0x80
.b:
  show_flags 'flags'
;;; IRET that sets TF traps after the next instruction
  returning
  push dword 0x102
  push dword CODE0
  push dword .a
  iretd
.a:
  nop
  nop
  push dword 2
  popfd
  nop
;;; POPF with TF
  returning
  push dword 0x102
  popfd
  pushfd
  popfd
  push dword 2
  popfd
  nop
;;; STI does not hold off the single-step trap
;;; only QEMU 7.2 holds it off
;;= V01 0008:00012011 F00000302 S0010:0002FFF4 D0010,0010,0010,0010 BFFFF4FF0
;;= V01 0008:00012012 F00000102 S0010:0002FFF4 D0010,0010,0010,0010 BFFFF4FF0
;;= V01 0008:00012014 F00000102 S0010:0002FFF0 D0010,0010,0010,0010 BFFFF4FF0
;;= V01 0008:00012015 F00000002 S0010:0002FFF4 D0010,0010,0010,0010 BFFFF4FF0
;;= END
  returning
  push dword 0x102
  popfd
  sti
  cli
  push dword 2
  popfd
  nop
;;; a fault of a stepped instruction is not a trap
  push dword 0x102
  popfd
  try .a
  ud2
.a:
  show_flags 'flags'
  mov eax, dr6
  show 'dr6', eax
;;; instruction breakpoints and RF
  mov eax, .here
  mov dr0, eax
  mov eax, 0x403
  mov dr7, eax
  returning
  nop
  try .next
.here:
  nop
  show 'passed', esp
.next:
  push dword 0x10002
  push dword CODE0
  push dword .here2
  mov eax, .here2
  mov dr0, eax
  iretd
.here2:
  nop
  show 'resumed', esp
  mov eax, .here3
  mov dr1, eax
  mov eax, 0x404
  mov dr7, eax
  try .last
.here3:
  nop
  show 'passed', esp
.last:
  mov eax, 0x400
  mov dr7, eax
;;; data breakpoints
  mov eax, SCRATCH
  mov dr0, eax
  mov eax, SCRATCH + 0x10
  mov dr1, eax
  mov eax, 0x400 | 3 | 0xc | 0x000d0000 | 0x00f00000
  mov dr7, eax
  returning
  mov eax, [SCRATCH]
  nop
  mov [SCRATCH], eax
  nop
  mov [SCRATCH + 3], al
  nop
  mov [SCRATCH + 4], al
  nop
  mov [SCRATCH - 1], eax
  nop
  mov eax, [SCRATCH + 0x10]
  nop
  mov al, [SCRATCH + 0x13]
  nop
  mov [SCRATCH + 0x10], eax
  nop
  mov al, [SCRATCH + 0x14]
  nop
  xor eax, eax
  mov dr7, eax
  mov eax, dr7
  show 'dr7', eax
;;; general detect, DR4, DR5 and reserved bits
;;; only QEMU 7.2 has no general detect and keeps reserved bits of DR6 and DR7
;;= V01 0008:00012012 F00000002 S0010:0002FFF4 D0010,0010,0010,0010 BFFFF2FF0
;;= dr7 00000400
;;= V01 0008:00012039 F00000002 S0010:0002FFF4 D0010,0010,0010,0010 BFFFF2FF0
;;= V06 0008:0001204E F00000002 S0010:0002FFF4 D0010,0010,0010,0010
;;= V06 0008:0001205B F00000002 S0010:0002FFF4 D0010,0010,0010,0010
;;= dr4 FFFF0FF0
;;= dr5 00000400
;;= V01 0008:0001209C F00000002 S0010:0002FFF4 D0010,0010,0010,0010 BFFFF2FF0
;;= dr7 after FFFF07FF
;;= dr6 FFFFEFFF
;;= dr2 12345678
;;= END
  mov eax, 0x2400
  mov dr7, eax
  try .a
  mov eax, dr0
.a:
  mov eax, dr7
  show 'dr7', eax
  mov eax, 0x2400
  mov dr7, eax
  try .b
  mov dr3, eax
.b:
  mov eax, cr4
  or al, 8
  mov cr4, eax
  try .c
  mov eax, dr4
.c:
  try .d
  mov dr5, eax
.d:
  mov eax, cr4
  and al, ~8
  mov cr4, eax
  mov eax, dr4
  show 'dr4', eax
  mov eax, dr5
  show 'dr5', eax
  mov eax, -1
  mov dr7, eax
  try .e
  mov eax, dr7
.e:
  mov eax, dr7
  show 'dr7 after', eax
  mov eax, 0
  mov dr7, eax
  mov eax, 0xffffffff
  mov dr6, eax
  mov eax, dr6
  show 'dr6', eax
  mov eax, 0x12345678
  mov dr2, eax
  xor eax, eax
  mov eax, dr2
  show 'dr2', eax
;;; MOV SS holds debug traps off
;;; only QEMU 7.2 loses or mistimes #DB after MOV SS
;;= V01 0008:00012032 F00000002 S0010:0002FFF4 D0010,0010,0010,0010 BFFFF0FF1
;;= V01 0008:00012039 F00000002 S0010:0002FFF4 D0010,0010,0010,0010 BFFFF0FF1
;;= V01 0008:0001204F F00000102 S0010:0002FFF4 D0010,0010,0010,0010 BFFFF4FF0
;;= V01 0008:00012050 F00000102 S0010:0002FFF4 D0010,0010,0010,0010 BFFFF4FF0
;;= V01 0008:00012052 F00000102 S0010:0002FFF0 D0010,0010,0010,0010 BFFFF4FF0
;;= V01 0008:00012053 F00000002 S0010:0002FFF4 D0010,0010,0010,0010 BFFFF4FF0
;;= END
  mov eax, SCRATCH
  mov dr0, eax
  mov eax, 0x000f0403
  mov dr7, eax
  returning
  mov word [SCRATCH + 8], DATA0
  mov eax, DATA0
  mov dword [SCRATCH], DATA0
  mov ss, [SCRATCH]
  nop
  nop
  mov eax, 0x400
  mov dr7, eax
  push dword 0x102
  popfd
  mov ss, [SCRATCH + 8]
  nop
  nop
  push dword 2
  popfd
  nop
;;; a breakpoint held off by MOV SS and an INT
;;; only QEMU 7.2 loses or mistimes #DB after MOV SS
;;= V01 0008:00012024 F00000002 S0010:0002FFF4 D0010,0010,0010,0010 BFFFF0FF1
;;= V01 0008:00010600 F00000002 S0010:0002FFE8 D0010,0010,0010,0010 BFFFF0FF1
;;= V40 0008:0001202C F00000002 S0010:0002FFF4 D0010,0010,0010,0010 R000F0403,00000000,00000000,00000000
;;= END
  mov eax, SCRATCH
  mov dr0, eax
  mov eax, 0x000f0403
  mov dr7, eax
  returning
  mov dword [SCRATCH], DATA0
  mov ss, [SCRATCH]
  int 0x40
  nop
