;;; divide error, invalid opcode, bound, overflow, breakpoint
  try .a
  xor ecx, ecx
  div ecx
.a:
  try .b
  ud2
.b:
  try .c
  mov dword [SCRATCH], 5
  mov dword [SCRATCH + 4], 9
  mov eax, 5
  bound eax, [SCRATCH]
  mov eax, 9
  bound eax, [SCRATCH]
  mov eax, 10
  bound eax, [SCRATCH]
.c:
  returning
  xor eax, eax
  into
  mov al, 0x7f
  add al, 1
  into
  int3
  int 3
  try .d
  mov eax, 0x80000000
  cdq
  mov ecx, -1
  idiv ecx
.d:
  try .f
  db 0x0f, 0xff, 0xc0
.f:
  try .g
  db 0xf0, 0x90
.g:
;;; loading data segment registers
%macro load_ds 1
  try %%next
  mov eax, %1
  mov ds, ax
  show 'loaded', ds
  mov eax, ds
  mov eax, DATA0
  mov ds, ax
%%next:
%endmacro
  load_ds 0xfff0
  load_ds GDTEND
  load_ds GDTEND + 1
  load_ds 0x4
  load_ds 0x0c
  load_ds ABSENT
  load_ds CODE0
  load_ds EXECONLY
  load_ds CONFORMING
  load_ds CONFORMING3
  load_ds TSS0
  load_ds LDT0
  load_ds DATA0 + 3
  load_ds DATA3
  load_ds DATA1
  load_ds READONLY
  load_ds CODE0 + 2
  mov ax, LDT0
  lldt ax
  load_ds 0x4
  load_ds 0xc
  load_ds 0xf
  load_ds 0x14
  xor eax, eax
  lldt ax
  load_ds 0x4
  xor eax, eax
  mov es, ax
  show 'null', es
  mov eax, 3
  mov fs, ax
  show 'null', fs
;;; null segments
;;; only QEMU 7.2 checks neither limit nor type of a data or stack access
;;= V0D E0000 0008:0001200E F00000002 S0010:0002FFF4 D0010,0000,0010,0010
;;= V0D E0000 0008:00012022 F00000002 S0010:0002FFF4 D0010,0010,0000,0010
;;= V0D E0000 001B:00012043 F00000002 S0010:00033FEC O0023:0003C000 D0000,0000,0000,0000
;;= END
  try .a
  xor eax, eax
  mov es, ax
  mov eax, [es:SCRATCH]
.a:
  try .b
  xor eax, eax
  mov fs, ax
  mov [fs:SCRATCH], al
.b:
  try .c
  user .u
.u:
  mov eax, [SCRATCH]
.c:
;;; loading the stack segment
%macro load_ss 1
  try %%next
  mov eax, %1
  mov ss, ax
  nop
  mov bx, DATA0
  mov ss, bx
  show 'loaded', eax
%%next:
%endmacro
  load_ss 0
  load_ss 3
  load_ss 0xfff0
  load_ss ABSENT
  load_ss READONLY
  load_ss CODE0
  load_ss DATA0 + 3
  load_ss DATA3
  load_ss DATA1
  load_ss SMALL
  load_ss DOWN
  load_ss LDT0
  load_ss 4
;;; limits of data segments
;;; only QEMU 7.2 checks neither limit nor type of a data or stack access
;;= done 00000000
;;= V0D E0000 0008:00012044 F00000002 S0010:0002FFF4 D0010,0010,0048,0050
;;= done 00000000
;;= V0D E0000 0008:000120A1 F00000002 S0010:0002FFF4 D0010,0010,0048,0050
;;= done 00000000
;;= V0D E0000 0008:000120FE F00000002 S0010:0002FFF4 D0010,0010,0048,0050
;;= V0D E0000 0008:0001212C F00000002 S0010:0002FFF4 D0010,0010,0048,0050
;;= V0D E0000 0008:0001215A F00000002 S0010:0002FFF4 D0010,0010,0048,0050
;;= V0D E0000 0008:00012188 F00000002 S0010:0002FFF4 D0010,0010,0048,0050
;;= V0D E0000 0008:000121B6 F00000002 S0010:0002FFF4 D0010,0010,0048,0050
;;= done 00000000
;;= V0D E0000 0008:00012212 F00000002 S0010:0002FFF4 D0010,0010,0048,0050
;;= done 00000000
;;= V0D E0000 0008:0001226E F00000002 S0010:0002FFF4 D0010,0010,0048,0050
;;= done 00000000
;;= V0D E0000 0008:000122D0 F00000002 S0010:0002FFF4 D0010,00D8,0048,0050
;;= V0D E0000 0008:000122F8 F00000002 S0010:0002FFF4 D0010,00D8,0010,0010
;;= done 00000000
;;= V0D E0000 0008:0001234A F00000002 S0010:0002FFF4 D0010,00D8,0010,0010
;;= END
  mov ax, SMALL
  mov fs, ax
  mov ax, DOWN
  mov gs, ax
%macro reach 1
  try %%next
  %1
  show 'done', eax
%%next:
  mov ax, SMALL
  mov fs, ax
  mov ax, DOWN
  mov gs, ax
  xor eax, eax
%endmacro
  reach {mov al, [fs:0xfff]}
  reach {mov al, [fs:0x1000]}
  reach {mov ax, [fs:0xffe]}
  reach {mov ax, [fs:0xfff]}
  reach {mov eax, [fs:0xffc]}
  reach {mov eax, [fs:0xffd]}
  reach {mov [fs:0xffd], eax}
  reach {mov eax, [fs:0xffffffff]}
  reach {mov eax, [fs:-4]}
  reach {mov al, [gs:0xfff]}
  reach {mov al, [gs:0x1000]}
  reach {mov eax, [gs:0xffd]}
  reach {mov eax, [gs:0x1000]}
  reach {mov al, [gs:0]}
  mov ax, DOWN16
  mov es, ax
%macro reach16 1
  try %%next
  mov ax, DOWN16
  mov es, ax
  %1
  show 'done', eax
%%next:
  xor eax, eax
%endmacro
  reach16 {mov al, [es:0xffff]}
  reach16 {mov al, [es:0x10000]}
  reach16 {mov ax, [es:0xffff]}
  reach16 {mov ax, [es:0x1000]}
  reach16 {mov ax, [es:0xfff]}
;;; read-only data and code segments
;;; only QEMU 7.2 checks neither limit nor type of a data or stack access
;;= V0D E0000 0008:00012016 F00000002 S0010:0002FFF4 D0010,0090,0010,0010
;;= V0D E0000 0008:00012032 F00000002 S0010:0002FFF4 D0010,0010,0008,0010
;;= V0D E0000 0008:00012042 F00000002 S0010:0002FFF4 D0010,0010,0010,0010
;;= V0D E0000 0008:00012052 F00000002 S0010:0002FFF4 D0010,0010,0010,0010
;;= V0D E0000 0008:00012070 F00000002 S0010:0002FFF4 D0010,0010,0010,00E3
;;= END
  try .a
  mov ax, READONLY
  mov es, ax
  mov eax, [es:SCRATCH]
  mov [es:SCRATCH], eax
.a:
  try .b
  mov ax, CODE0
  mov fs, ax
  mov eax, [fs:SCRATCH]
  mov [fs:SCRATCH], eax
.b:
  try .c
  mov [cs:SCRATCH], eax
.c:
  try .d
  add dword [cs:SCRATCH], 0
.d:
  try .e
  mov ax, CONFORMING3
  mov gs, ax
  mov eax, [gs:SCRATCH]
  xchg [gs:SCRATCH], eax
.e:
;;; stack limits from ring 3
;;; only QEMU 7.2 checks neither limit nor type of a data or stack access
;;= V0C E0000 001B:0001201D F00000002 S0010:00033FEC O00D3:00000000 D0000,0000,0000,0000
;;= V0C E0000 001B:00012043 F00000002 S0010:00033FEC O00D3:00001002 D0000,0000,0000,0000
;;= V0C E0000 001B:0001206B F00000002 S0010:00033FEC O00D3:00000FFE D0000,0000,0000,0000
;;= V0C E0000 001B:00012089 F00000002 S0010:00033FEC O00D3:00000010 D0000,0000,0000,0000
;;= V0C E0000 001B:000120A5 F00000002 S0010:00033FEC O00D3:00000010 D0000,0000,0000,0000
;;= END
  try .a
  push dword DATA3SMALL
  push dword 2
  push dword 2
  push dword CODE3
  push dword .u1
  iretd
.u1:
  push ax
  push ax
.a:
  try .b
  push dword DATA3SMALL
  push dword 0x1000
  push dword 2
  push dword CODE3
  push dword .u2
  iretd
.u2:
  push eax
  mov esp, 0x1002
  push ax
  pop ax
  pop eax
.b:
  try .c
  push dword DATA3SMALL
  push dword 0xffe
  push dword 2
  push dword CODE3
  push dword .u3
  iretd
.u3:
  mov ebp, 0xffd
  mov eax, [ebp]
.c:
  try .d
  push dword DATA3SMALL
  push dword 0x10
  push dword 2
  push dword CODE3
  push dword .u4
  iretd
.u4:
  pushad
.d:
  try .e
  push dword DATA3SMALL
  push dword 0x10
  push dword 2
  push dword CODE3
  push dword .u5
  iretd
.u5:
  enter 0x20, 0
  call .u5
.e:
;;; limits of code segments
;;; only QEMU 7.2 checks no limit when it fetches
;;= V0D E0000 0008:0001200A F00000002 S0010:0002FFF4 D0010,0010,0010,0010
;;= V0D E0000 00A8:00001000 F00000002 S0010:0002FFF4 D0010,0010,0010,0010
;;= V0D E0000 00A8:00000046 F00000002 S0010:0002FFF4 D0010,0010,0010,0010
;;= V0D E0000 00A8:0000005E F00000002 S0010:0002FFF0 D0010,0010,0010,0010
;;= V0D E0000 00A8:00000FFF F00000002 S0010:0002FFF4 D0010,0010,0010,0010
;;= END
  try .a
  jmp SMALLCODE:0x1000
.a:
  try .b
  jmp SMALLCODE:(.in - scenario)
.in:
  mov byte [SCENARIO + 0xfff], 0x90
  mov eax, 0xfff
  jmp eax
.b:
  try .c
  jmp SMALLCODE:(.in2 - scenario)
.in2:
  mov eax, 0x1000
  jmp eax
.c:
  try .d
  jmp SMALLCODE:(.in3 - scenario)
.in3:
  push dword 0x2000
  ret
.d:
  try .e
  jmp SMALLCODE:(.in4 - scenario)
.in4:
  mov word [SCENARIO + 0xfff], 0xb8
  mov eax, 0xfff
  jmp eax
.e:
  times 0x1000 nop
;;; device not available
  try .a
  mov eax, cr0
  or al, 4
  mov cr0, eax
  fnop
.a:
  clts
  mov eax, cr0
  and al, ~4
  mov cr0, eax
  try .b
  or al, 8
  mov cr0, eax
  fld1
.b:
  show 'cr0', cr0
  clts
  show 'cr0', cr0
  try .c
  mov eax, cr0
  and al, ~4
  or al, 8
  mov cr0, eax
  wait
  show 'waited', eax
  or al, 2
  mov cr0, eax
  wait
.c:
;;; privileged instructions in ring 3
%macro privileged 1
  try %%next
  user %%here
%%here:
  %1
  int 0x80
%%next:
%endmacro
  privileged {cli}
  privileged {sti}
  privileged {hlt}
  privileged {clts}
  privileged {invd}
  privileged {wbinvd}
  privileged {mov eax, cr0}
  privileged {mov cr0, eax}
  privileged {mov eax, cr2}
  privileged {mov cr3, eax}
  privileged {mov eax, cr4}
  privileged {mov eax, dr0}
  privileged {mov dr7, eax}
  privileged {lgdt [gdtr]}
  privileged {lidt [idtr]}
  privileged {lldt ax}
  privileged {ltr ax}
  privileged {lmsw ax}
  privileged {invlpg [eax]}
  privileged {rdmsr}
  privileged {wrmsr}
  privileged {rdpmc}
  privileged {sysexit}
  privileged {in al, 0x80}
  privileged {out 0x80, al}
  privileged {insb}
  privileged {outsd}
;;; what ring 3 may see
%macro seen 1
  try %%next
  user %%here
%%here:
  xor eax, eax
  xor ebx, ebx
  %1
  int 0x80
%%next:
%endmacro
  seen {smsw eax}
  seen {smsw bx}
  seen {sldt eax}
  seen {str eax}
  seen {sgdt [ss:USTACK - 32]}
  seen {mov eax, cs}
  seen {push ss}
  seen {mov eax, ss}
  seen {mov [ss:USTACK - 16], cs}
  seen {str [ss:USTACK - 16]}
  show 'memory', [USTACK - 16]
  show 'gdt', [USTACK - 32]
;;; UMIP hides tables from ring 3
  mov eax, cr4
  or eax, 0x800
  mov cr4, eax
%macro privileged3 1
  try %%next
  user %%here
%%here:
  %1
  int 0x80
%%next:
%endmacro
  privileged3 {smsw eax}
  privileged3 {sldt eax}
  privileged3 {str eax}
  privileged3 {sgdt [ss:USTACK - 32]}
  privileged3 {sidt [ss:USTACK - 32]}
  smsw eax
  sldt ebx
