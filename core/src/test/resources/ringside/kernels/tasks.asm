;;; jump to a 32-bit task and back
  task_b .b
  mov dword [tss_b + 0x28], 0x11111111
  mov dword [tss_b + 0x34], 0x22222222
  mov dword [tss_b + 0x44], 0x33333333
  mov esi, 0x44444444
  mov ebx, 0x55555555
  jmp TSSB:0x12345678
  show 'back', esp
  show 'ebx', ebx
  show_flags 'flags'
  show 'cr0', cr0
  busy_bits 'busy'
  str ax
  show 'tr', eax
  show 'saved b', [tss_b + 0x20]
  show 'saved b esp', [tss_b + 0x38]
  show 'saved b eax', [tss_b + 0x28]
  show 'saved b cs', [tss_b + 0x4c]
  show 'link', [tss_b]
  jmp finish
.b:
  show 'eax', eax
  show 'ebx', ebx
  show 'edi', edi
  show 'esi', esi
  show 'esp', esp
  show_flags 'flags'
  show 'cr0', cr0
  str ax
  show 'tr', eax
  busy_bits 'busy'
  show 'old eip', [tss + 0x20]
  show 'old esi', [tss + 0x40]
  show 'old ebx', [tss + 0x34]
  show 'old cs', [tss + 0x4c]
  show 'old esp', [tss + 0x38]
  clts
  jmp TSS0:0
;;; call a task, return by IRET
  task_b .b
  call TSSB:0
  show_flags 'flags'
  busy_bits 'busy'
  call TSSB:0
  show_flags 'flags'
  show 'saved flags', [tss_b + 0x24]
  jmp finish
.b:
  show_flags 'in b'
  busy_bits 'busy in b'
  show 'link', [tss_b]
  show 'saved flags', [tss + 0x24]
  iretd
  show_flags 'in b again'
  show 'link', [tss_b]
  iretd
;;; task gates: jump, call, interrupt, exception with an error code
  task_b .b
  mov dword [gdt + FREE1], TSSB << 16
  mov dword [gdt + FREE1 + 4], 0x8500
  jmp FREE1:0
  show 'jumped', esp
  call FREE1:0
  show 'called', esp
  mov dword [tss_b + 0x20], .c
  mov dword [idt + 0x50 * 8], TSSB << 16
  mov dword [idt + 0x50 * 8 + 4], 0x8500
  mov dword [idt + 13 * 8], TSSB << 16
  mov dword [idt + 13 * 8 + 4], 0x8500
  int 0x50
  show 'interrupted', esp
  show_flags 'flags'
  mov dword [tss_b + 0x20], .fault
  mov ax, 0xfff0
  mov ds, ax
.after:
  mov ax, DATA0
  mov ds, ax
  show 'after the fault', esp
  show_flags 'flags'
  busy_bits 'busy'
  jmp finish
.b:
  show_flags 'in b'
  jmp TSS0:0
  show_flags 'in b called'
  iretd
.c:
  show_flags 'in c'
  show 'esp', esp
  show 'link', [tss_b]
  iretd
.fault:
  show_flags 'in fault'
  show 'esp', esp
  show_stack 1
  show 'old eip', [tss + 0x20]
  mov dword [tss + 0x20], .after
  add esp, 4
  iretd
;;; a task gate for an exception in ring 3
  task_b .b
  mov dword [idt + 6 * 8], TSSB << 16
  mov dword [idt + 6 * 8 + 4], 0x8500
  user .u
.u:
  mov ecx, 0x1234
  ud2
.v:
  mov edx, esp
  try .done
  int 0x80
.done:
  jmp finish
.b:
  show 'cs', [tss + 0x4c]
  show 'ss', [tss + 0x50]
  show 'esp', [tss + 0x38]
  show 'ecx', [tss + 0x2c]
  show 'eip', [tss + 0x20]
  show 'ds', [tss + 0x54]
  mov dword [tss + 0x20], .v2
  iretd
.v2:
  mov edx, esp
  int 0x81
  jmp .v2
;;; a 16-bit task, called and jumped to
  mov word [tss_c + 0x0e], .c16 - start
  mov word [tss_c + 0x10], 2
  mov word [tss_c + 0x12], 0x1111
  mov word [tss_c + 0x1a], 0x1000
  mov word [tss_c + 0x22], DATA0
  mov word [tss_c + 0x24], CODE16
  mov word [tss_c + 0x26], DATA16
  mov word [tss_c + 0x28], DATA0
  mov ebx, 0xaaaabbbb
  call TSSC:0
  show 'ebx', ebx
  show_flags 'flags'
  show 'link', [tss_c]
  show 'ip', [tss_c + 0x0e]
  show 'saved cs', [tss_c + 0x24]
  mov eax, fs
  show 'fs', eax
  jmp TSSC:0
  show 'again', esp
  jmp finish
bits 16
.c16:
  movzx eax, ax
  movzx esp, sp
  o32 jmp dword CODE0:.c
.c17:
  iret
  movzx esp, sp
  o32 jmp dword CODE0:.d
bits 32
.c:
  mov ebp, esp
  mov cx, DATA0
  mov ss, cx
  mov esp, 0x2f000
  show 'eax', eax
  show 'sp', ebp
  show_flags 'in c'
  mov eax, ds
  show 'ds', eax
  mov eax, fs
  show 'fs', eax
  mov eax, gs
  show 'gs', eax
  str ax
  movzx eax, ax
  show 'tr', eax
  jmp CODE16:.c17 - start
.d:
  show_flags 'in c again'
  show 'link', [tss_c]
  jmp TSS0:0
;;; refusals before the switch
;;; wrong V0A E009C (.*)
;;; right V0D E009C $1
;;; because a task gate to a selector in the LDT is #GP for JMP (SDM vol. 2, JMP)
%macro refused 2
  try %%next
  %1
%%next:
  show %2, esp
%endmacro
  task_b .b
  refused {jmp TSS0:0}, 'busy'
  refused {call TSS0:0}, 'busy'
  mov byte [gdt + TSSB + 5], 0x09
  refused {jmp TSSB:0}, 'absent'
  mov byte [gdt + TSSB + 5], 0x89
  mov word [gdt + TSSB], 0x66
  refused {jmp TSSB:0}, 'short'
  mov word [gdt + TSSC], 0x2a
  refused {call TSSC:0}, 'short 16'
  mov dword [gdt + FREE1], DATA0 << 16
  mov dword [gdt + FREE1 + 4], 0x8500
  refused {jmp FREE1:0}, 'gate to data'
  mov dword [gdt + FREE1], 0xfff0 << 16
  refused {jmp FREE1:0}, 'gate beyond'
  mov dword [gdt + FREE1], 0
  refused {jmp FREE1:0}, 'gate null'
  mov dword [gdt + FREE1], (TSSB + 4) << 16
  refused {jmp FREE1:0}, 'gate to ldt'
  mov dword [gdt + FREE1 + 4], 0x0500
  refused {jmp FREE1:0}, 'gate absent'
  mov dword [gdt + FREE1 + 4], 0x8500
  mov dword [gdt + FREE1], TSS0 << 16
  refused {jmp FREE1:0}, 'gate to busy'
  refused {int 0x50}, 'report'
  mov dword [idt + 0x50 * 8], TSS0 << 16
  mov dword [idt + 0x50 * 8 + 4], 0x8500
  refused {int 0x50}, 'interrupt gate to busy'
  mov dword [idt + 0x50 * 8], DATA0 << 16
  refused {int 0x50}, 'interrupt gate to data'
  mov dword [idt + 0x50 * 8 + 4], 0x0500
  refused {int 0x50}, 'interrupt gate absent'
  busy_bits 'busy'
  jmp finish
.b:
  jmp $
;;; faults of the new task
;;; wrong (V0[AB] E.... 0008:)0001....( .*)
;;; right $100012432$2
;;; because a fault after the switch belongs to the new task, EIP included (SDM vol. 3, section 7.3)
%macro new_fault 4
  task_b .never
  mov byte [gdt + TSS0 + 5], 0x8b
  mov byte [gdt + TSSB + 5], 0x89
  mov dword [tss_b + %1], %2
  try %%next
  %3
%%next:
  mov word [tss_b + 0x60], 0
  str ax
  movzx eax, ax
  show %4, eax
  show 'old eip', [tss + 0x20]
  mov byte [gdt + TSS0 + 5], 0x89
  mov ax, TSS0
  ltr ax
%endmacro
  new_fault 0x54, 0xfff0, {jmp TSSB:0}, 'ds beyond'
  new_fault 0x54, EXECONLY, {jmp TSSB:0}, 'ds execute only'
  new_fault 0x58, ABSENT, {jmp TSSB:0}, 'fs absent'
  new_fault 0x5c, TSS0, {call TSSB:0}, 'gs system'
  new_fault 0x48, 3, {jmp TSSB:0}, 'es null'
  jmp finish
.never:
  show_flags 'reached'
  jmp [resume]
;;; faults of a new task in ring 3, delivered on its own inner stack
;;; only QEMU 7.2 delivers such faults with the old CPL and the old EIP
;;= V0A E0000 0003:00013221 F00000002 S0010:0002DFEC O0023:0002F000 D0023,0023,0023,0023
;;= cs null 00000098
;;= V0A E0020 0023:00013221 F00000002 S0010:0002DFEC O0023:0002F000 D0023,0023,0023,0023
;;= cs data 00000098
;;= V0A EFFF0 FFF3:00013221 F00000002 S0010:0002DFEC O0023:0002F000 D0023,0023,0023,0023
;;= cs beyond 00000098
;;= V0A E0008 000B:00013221 F00000002 S0010:0002DFEC O0023:0002F000 D0023,0023,0023,0023
;;= cs dpl 00000098
;;= V0A E0000 001B:00013221 F00000002 S0010:0002DFEC O0000:0002F000 D0023,0023,0023,0023
;;= ss null 00000098
;;= V0A E0010 001B:00013221 F00000002 S0010:0002DFEC O0013:0002F000 D0023,0023,0023,0023
;;= ss dpl 00000098
;;= V0A E0020 001B:00013221 F00000002 S0010:0002DFEC O0020:0002F000 D0023,0023,0023,0023
;;= ss rpl 00000098
;;= V0A EFFF0 001B:00013221 F00000002 S0010:0002DFEC OFFF3:0002F000 D0023,0023,0023,0023
;;= ss beyond 00000098
;;= V0A E0018 001B:00013221 F00000002 S0010:0002DFEC O001B:0002F000 D0023,0023,0023,0023
;;= ss code 00000098
;;= V0A E0010 001B:00013221 F00000002 S0010:0002DFEC O0023:0002F000 D0010,0023,0023,0023
;;= ds dpl 00000098
;;= V0A E0010 001B:00013221 F00000002 S0010:0002DFEC O0023:0002F000 D0023,0023,0023,0023
;;= ldt data 00000098
;;= V0A EFFF0 001B:00013221 F00000002 S0010:0002DFEC O0023:0002F000 D0023,0023,0023,0023
;;= ldt beyond 00000098
;;= V0A E0004 001B:00013221 F00000002 S0010:0002DFEC O0023:0002F000 D0023,0023,0023,0023
;;= ldt in ldt 00000098
;;= V0C E00B0 001B:00013221 F00000002 S0010:0002DFEC O00B3:0002F000 D0023,0023,0023,0023
;;= ss absent 00000098
;;= V0B E00B0 001B:00013221 F00000002 S0010:0002DFEC O0023:0002F000 D00B3,0023,0023,0023
;;= ds absent 00000098
;;= V0B E00B0 00B3:00013221 F00000002 S0010:0002DFEC O0023:0002F000 D0023,0023,0023,0023
;;= cs absent 00000098
;;= V0A E0070 001B:00013221 F00000002 S0010:0002DFEC O0023:0002F000 D0023,0023,0023,0023
;;= ldt absent 00000098
;;= END
%macro outer_fault 3
  task_b .never
  mov byte [gdt + TSS0 + 5], 0x8b
  mov byte [gdt + TSSB + 5], 0x89
  mov dword [tss_b + 4], 0x2e000
  mov dword [tss_b + 8], DATA0
  mov dword [tss_b + 0x4c], CODE3
  mov dword [tss_b + 0x50], DATA3
  mov dword [tss_b + 0x48], DATA3
  mov dword [tss_b + 0x54], DATA3
  mov dword [tss_b + 0x58], DATA3
  mov dword [tss_b + 0x5c], DATA3
  mov dword [tss_b + %1], %2
  try %%next
  jmp TSSB:0
%%next:
  mov word [tss_b + 0x60], 0
  str ax
  movzx eax, ax
  show %3, eax
  mov byte [gdt + TSS0 + 5], 0x89
  mov ax, TSS0
  ltr ax
%endmacro
  outer_fault 0x4c, 3, 'cs null'
  outer_fault 0x4c, DATA3, 'cs data'
  outer_fault 0x4c, 0xfff3, 'cs beyond'
  outer_fault 0x4c, CODE0 + 3, 'cs dpl'
  outer_fault 0x50, 0, 'ss null'
  outer_fault 0x50, DATA0 + 3, 'ss dpl'
  outer_fault 0x50, DATA3 & ~3, 'ss rpl'
  outer_fault 0x50, 0xfff3, 'ss beyond'
  outer_fault 0x50, CODE3, 'ss code'
  outer_fault 0x54, DATA0, 'ds dpl'
  outer_fault 0x60, DATA0, 'ldt data'
  outer_fault 0x60, 0xfff0, 'ldt beyond'
  outer_fault 0x60, 4, 'ldt in ldt'
  gdt_segment FREE1, 0, 0xfffff, 0x72, 0xc
  outer_fault 0x50, FREE1 + 3, 'ss absent'
  outer_fault 0x54, FREE1 + 3, 'ds absent'
  gdt_segment FREE1, 0, 0xfffff, 0x7a, 0xc
  outer_fault 0x4c, FREE1 + 3, 'cs absent'
  mov byte [gdt + LDT0 + 5], 2
  outer_fault 0x60, LDT0, 'ldt absent'
  jmp finish
.never:
  jmp $
;;; faults of the new task's stack are delivered on it
;;; only QEMU 7.2 pushes on a stack whose segment was never loaded
;;= before 0002FFDC
;;= SHUTDOWN
  task_b .never
  idt_gate 8, CODE0, .df, 0x8e
  mov dword [tss_b + 0x50], 0
  show 'before', esp
  jmp TSSB:0
.never:
  jmp finish
.df:
  show 'df', esp
  jmp finish
;;; a task in ring 3 with its own page directory and LDT
  paging_on
  mov esi, PAGES
  mov edi, PAGES + 0x4000
  mov ecx, 1024
  rep movsd
  task_b .u
  mov dword [tss_b + 4], 0x2e000
  mov dword [tss_b + 8], DATA0
  mov dword [tss_b + 0x1c], PAGES + 0x4000
  mov dword [tss_b + 0x38], USTACK
  mov dword [tss_b + 0x4c], CODE3
  mov dword [tss_b + 0x50], DATA3
  mov dword [tss_b + 0x48], 0xf
  mov dword [tss_b + 0x54], DATA3
  mov dword [tss_b + 0x58], 0
  mov dword [tss_b + 0x5c], 3
  mov dword [tss_b + 0x60], LDT0
  try .back
  jmp TSSB:0
.u:
  mov eax, [SCRATCH]
  int 0x80
.back:
  sldt ax
  movzx eax, ax
  show 'ldt', eax
  show 'cr3', cr3
  show 'old cr3 field', [tss + 0x1c]
  str ax
  movzx eax, ax
  show 'tr', eax
;;; the trap bit of a TSS
;;; only QEMU 7.2 has no task-switch trap and keeps DR7.LE
;;= V01 0008:000120AC F00004002 S0010:0002EFF4 D0010,0010,0010,0010 BFFFF8FF0
;;= dr7 00000400
;;= back 0002FFDC
;;= dr7 00000400
;;= END
  task_b .b
  mov word [tss_b + 0x64], 1
  returning
  mov eax, 0x155
  mov dr7, eax
  call TSSB:0
  show 'back', esp
  mov eax, dr7
  show 'dr7', eax
  jmp finish
.b:
  mov eax, dr7
  show 'dr7', eax
  iretd
;;; a switch whose old TSS cannot be written faults in the old task
;;; wrong (V0E .*)C00013000
;;; right $1C00013020
;;; because the manual does not fix which byte of the old TSS is touched first; ours is the first that is saved
  paging_on
  mov eax, cr0
  or eax, 0x10000
  mov cr0, eax
  jmp .start
  align 4096
.page:
  times 4096 db 0
.start:
  mov esi, tss
  mov edi, .page
  mov ecx, 0x68 / 4
  rep movsd
  mov eax, .page
  gdt_segment FREE1, ABS(.page), 0x67, 0x89, 0
  mov ax, FREE1
  ltr ax
  and dword [PTE(ABS(.page))], ~2
  mov eax, cr3
  mov cr3, eax
  task_b .b
  try .a
  jmp TSSB:0
.a:
  busy_bits 'busy'
  str ax
  movzx eax, ax
  show 'tr', eax
  jmp finish
.b:
  show 'reached', esp
