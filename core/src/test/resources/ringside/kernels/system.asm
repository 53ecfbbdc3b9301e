;;; LAR, LSL, VERR and VERW of every selector in ring 0
  mov ax, LDT0
  lldt ax
  gdt_gate FREE1, CODE0, start, 0xec, 0
  gdt_gate FREE2, CODE0, start, 0xe4, 0
  gdt_gate FREE3, CODE0, start, 0xe5, 0
  gdt_gate FREE4, CODE0, start, 0xee, 0
%macro ask_all 1
  xor ebx, ebx
%%next:
  mov eax, 0xdeadbeef
  lar eax, ebx
  call .print
  mov eax, 0xdeadbeef
  lsl eax, ebx
  call .print
  xor eax, eax
  verr bx
  call .print
  verw bx
  call .print
  add ebx, %1
  cmp ebx, 0xf0
  jb %%next
%endmacro
  ask_all 4
  ask_all 7
  jmp finish
.print:
  mov edx, 0
  setz dl
  shl edx, 16
  mov dx, bx
  show 'selector', edx
  show 'answer', eax
  ret
;;; LAR, LSL, VERR and VERW in ring 3
  gdt_gate FREE1, CODE0, start, 0xec, 0
  gdt_gate FREE2, CODE0, start, 0xe4, 0
  gdt_gate FREE3, CODE0, start, 0xe5, 0
  gdt_gate FREE4, CODE0, start, 0xee, 0
%assign sel 0
%rep 30
  try .n %+ sel
  user .u %+ sel
.u %+ sel:
  mov ecx, sel + 3
  mov eax, 0xdeadbeef
  lar eax, ecx
  setz dl
  mov ebx, 0xdeadbeef
  lsl ebx, ecx
  setz dh
  verr cx
  setz cl
  verw cx
  int 0x80
.n %+ sel:
  %assign sel sel + 8
%endrep
;;; 16-bit LAR and LSL, null and memory operands
  mov eax, 0xdeadbeef
  lar ax, ax
  show 'lar', eax
  mov eax, CODE0
  lar ax, ax
  show 'lar', eax
  mov eax, 0x11110000 + DATA0
  lsl ax, ax
  show 'lsl', eax
  mov word [SCRATCH], SMALL
  lar eax, [SCRATCH]
  show 'lar', eax
  lsl eax, [SCRATCH]
  show 'lsl', eax
  xor eax, eax
  lar ebx, eax
  setz al
  show 'null', eax
;;; ARPL
%macro adjust 2
  mov ax, %1
  mov bx, %2
  arpl ax, bx
  setz cl
  movzx ecx, cl
  show 'rpl', eax
  show 'raised', ecx
%endmacro
  adjust 0x1230, 0x4563
  adjust 0x1233, 0x4560
  adjust 0x1231, 0x4561
  adjust 0x1231, 0x4562
;;; LLDT and LTR refuse
%macro load 2
  try %%next
  mov ax, %2
  %1 ax
  sldt ebx
  str ecx
  show 'ldt', ebx
  show 'tr', ecx
%%next:
%endmacro
  load lldt, 0
  load lldt, 3
  load lldt, LDT0
  load lldt, LDT0 + 3
  load lldt, DATA0
  load lldt, 0xfff0
  load lldt, 4
  load lldt, TSSB
  load ltr, TSS0
  load ltr, DATA0
  load ltr, 0xfff0
  load ltr, LDT0
  load ltr, TSSB + 4
  mov byte [gdt + TSSB + 5], 9
  load ltr, TSSB
  mov byte [gdt + LDT0 + 5], 2
  load lldt, LDT0
  mov byte [gdt + TSSB + 5], 0x89
  load ltr, TSSB
  show 'busy', [gdt + TSSB + 4]
  load ltr, TSSC
;;; SGDT, SIDT, LGDT with both operand sizes
  sgdt [SCRATCH]
  show 'limit', [SCRATCH]
  show 'base', [SCRATCH + 2]
  sidt [SCRATCH]
  show 'limit', [SCRATCH]
  show 'base', [SCRATCH + 2]
  mov word [SCRATCH], 0x47f
  mov dword [SCRATCH + 2], 0x12000000 + idt
  o16 lidt [SCRATCH]
  sidt [SCRATCH + 8]
  show 'base', [SCRATCH + 10]
  returning
  int 0x40
  str [SCRATCH]
  str eax
  show 'str', eax
;;; the I/O bitmap
%macro port 2
  try %%next
  user %%u, %2
%%u:
  xor eax, eax
  %1
  mov eax, esp
  int 0x80
%%next:
%endmacro
  mov byte [tss_map + 0x0c], 0x00
  mov byte [tss_map + 0x0d], 0xfe
  port {in al, 0x60}, 2
  port {in al, 0x68}, 2
  port {in al, 0x69}, 2
  port {in ax, 0x67}, 2
  port {in ax, 0x68}, 2
  port {in eax, 0x65}, 2
  port {in eax, 0x66}, 2
  port {in al, 0x70}, 2
  port {in al, 0x7f}, 2
  port {in al, 0x80}, 2
  port {in al, 0x88}, 2
  port {in al, 0x70}, 0x3002
  port {in al, 0x70}, 0x1002
  mov word [tss + 0x66], 0xffff
  port {in al, 0x60}, 2
  mov word [tss + 0x66], tss_map - tss
  mov byte [gdt + TSS0 + 5], 0x89
  mov word [gdt + TSS0], 0x67
  mov ax, TSS0
  ltr ax
  port {in al, 0x60}, 2
;;; POPF, CLI and STI by IOPL in ring 3
%macro flags 3
  try %%next
  user %%u, %2
%%u:
  %1
  pushfd
  pop eax
  int 0x80
%%next:
  show %3, esp
%endmacro
%macro pop_flags 1
  push dword %1
  popfd
%endmacro
  flags {pop_flags 0x3202}, 2, 'iopl 0'
  flags {pop_flags 0x3202}, 0x202, 'iopl 0 if'
  flags {pop_flags 0x0002}, 0x3202, 'iopl 3'
  flags {pop_flags 0x244ed7}, 0x3002, 'all'
  flags cli, 0x3202, 'cli 3'
  flags sti, 0x3002, 'sti 3'
  flags cli, 0x2202, 'cli 2'
  flags sti, 0x2002, 'sti 2'
  flags std, 0x2, 'std'
;;; POPF in ring 0
%macro pop_here 2
  push dword %1
  popfd
  show_flags %2
  push dword 2
  popfd
%endmacro
  pop_here 0x00fffeff & ~0x20000, 'all'
  pop_here 0x20002, 'vm'
  pop_here 0x10002, 'rf'
  pop_here 0x3002, 'iopl'
  push word 0x7ed7
  popfw
  show_flags 'popfw'
  push dword 2
  popfd
;;; RDTSC with TSD
  mov eax, cr4
  or al, 4
  mov cr4, eax
  rdtsc
  try .a
  user .u
.u:
  rdtsc
.a:
  mov eax, cr4
  and al, ~4
  mov cr4, eax
  try .b
  user .v
.v:
  rdtsc
  xor eax, eax
  xor edx, edx
  int 0x80
.b:
;;; STI and MOV SS hold interrupts off for one instruction
;;; wrong (V50 0008:000120)80( .*)
;;; right $181$2
;;; because the manual lets MOV SS right after STI hold interrupts off again or not; ours does
  idt_gate 0x50, CODE0, stubs + 0x50 * 16, 0x8e
  call timer_pending
  returning
  sti
  nop
  nop
  cli
  call timer_pending
  sti
  cli
  nop
  show_flags 'not taken'
  mov ax, DATA0
  push dword 0x202
  popfd
  nop
  cli
  call timer_pending
  sti
  mov ss, ax
  nop
  nop
  cli
  call timer_pending
  sti
  hlt
  nop
  cli
  call timer_pending
  push dword 0x202
  push dword CODE0
  push dword .a
  iretd
.a:
  nop
  cli
  call timer_pending
  try .u2
  user .u, 0x202
.u:
  nop
.u2:
  jmp finish
; an interrupt of the timer waits at the controller as vector 50h
timer_pending:
  pushad
  mov al, 0x11
  out 0x20, al
  mov al, 0x50
  out 0x21, al
  mov al, 4
  out 0x21, al
  mov al, 3
  out 0x21, al
  mov al, 0xfe
  out 0x21, al
  mov al, 0x30
  out 0x43, al
  mov al, 0x20
  out 0x40, al
  xor al, al
  out 0x40, al
.wait:
  mov al, 0x0a
  out 0x20, al
  in al, 0x20
  test al, 1
  jz .wait
  popad
  ret
;;; real mode: vector table, faults and flags
  real_begin
  real_try {xor cx, cx}, {div cx}
  real_try {int 5}
  real_try {db 0x0f, 0xff, 0xc0}
  real_try {mov al, 0x7f}, {add al, 1}, into
  real_try {lldt ax}
  real_try {sldt ax}
  real_try {lar ax, bx}
  real_try {verr ax}
  real_try {arpl ax, bx}
  real_try {str ax}
  real_try {int 0x30}
  real_try {push word 0x7ed7}, {push cs}, {push word (.popped - real16)}, iret, {.popped: pushf}, {pop ax}, {int 6}
  real_end
;;; limits in real mode
;;; only QEMU 7.2 checks neither limit nor type of a data or stack access
;;= r003C 5000 0002 0FFA 6100 0002 
;;= r0045 5000 0002 0FFA 6100 0002 
;;= r004F 5000 0002 0FFA 6100 0002 
;;= r005F 5000 0002 0FFA 0000 0002 
;;= r0077 5000 0002 0FEE 6100 0002 
;;= e
  real_begin
  real_try {mov ax, [0xffff]}
  real_try {mov ax, [ss:0xffff]}
  real_try {mov eax, [0xfffd]}
  real_try {mov eax, 0x10000}, {jmp eax}
  real_try {push dword 0x1}, {push dword 0x5000}, {push dword 0x10000}, {o32 retf}
  real_end
;;; LTR of a null selector
;;; only QEMU 7.2 loads it
;;= V0D E0000 0008:0001200C F00000002 S0010:0002FFF4 D0010,0010,0010,0010
;;= tr 00000028
;;= END
  try .a
  xor eax, eax
  ltr ax
.a:
  str eax
  show 'tr', eax
