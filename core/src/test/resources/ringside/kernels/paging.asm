;;; page faults by access, privilege and presence
  paging_on
%macro page 2
  mov dword [PTE(0x70000)], %1
  mov eax, cr3
  mov cr3, eax
  try %%a
  mov eax, [0x70004]
  show %2, eax
%%a:
  try %%b
  mov [0x70008], eax
  show 'written', eax
%%b:
  try %%c
  user %%u1
%%u1:
  mov eax, [ss:0x7000c]
  int 0x80
%%c:
  try %%d
  user %%u2
%%u2:
  mov [ss:0x70ffe], ax
  int 0x80
%%d:
  show 'pte', [PTE(0x70000)]
%endmacro
  page 0x61000, 'absent'
  page 0x61001, 'supervisor read'
  page 0x61003, 'supervisor write'
  page 0x61005, 'user read'
  page 0x61007, 'user write'
  mov eax, cr0
  or eax, 0x10000
  mov cr0, eax
  page 0x61001, 'supervisor read wp'
  page 0x61005, 'user read wp'
  page 0x61fff & ~0x80, 'all bits'
;;; rights of the directory and the table combine
;;; wrong directory supervisor 00041023
;;; right directory supervisor 00041003
;;; because the manual leaves the accessed bit open where the access faults; ours sets none before a walk succeeds
;;; wrong table supervisor 00041027
;;; right table supervisor 00041007
;;; because the manual leaves the accessed bit open where the access faults; ours sets none before a walk succeeds
;;; wrong table absent 00041027
;;; right table absent 00041007
;;; because the manual leaves the accessed bit open where the access faults; ours sets none before a walk succeeds
  paging_on
%macro directory 3
  mov dword [PTE(0x70000)], 0x61000 | %2
  mov dword [PAGES + 4], (PAGES + 0x1000) | %1
  mov eax, cr3
  mov cr3, eax
  try %%a
  user %%u1
%%u1:
  mov eax, [ss:0x470000]
  int 0x80
%%a:
  try %%b
  user %%u2
%%u2:
  mov [ss:0x470000], eax
  int 0x80
%%b:
  show %3, [PAGES + 4]
  show 'pte', [PTE(0x70000)]
%endmacro
  directory 7, 7, 'both'
  directory 5, 7, 'directory read'
  directory 7, 5, 'table read'
  directory 3, 7, 'directory supervisor'
  directory 7, 3, 'table supervisor'
  directory 6, 7, 'directory absent'
  directory 7, 6, 'table absent'
;;; accesses that cross pages
;;; wrong V0E E0000 (0008:00012099 .*)
;;; right V0E E0002 $1
;;; because a read-modify-write faults as a write; processors at hand report W=1 for ADD, XCHG, SHL, NOT and BTS
  paging_on
  mov dword [PTE(0x71000)], 0
  mov eax, cr3
  mov cr3, eax
  mov dword [SCRATCH], 0x12345678
  mov dword [0x70ffc], 0x11111111
  try .a
  mov eax, [0x70ffe]
.a:
  try .b
  mov [0x70ffd], eax
.b:
  show 'unchanged', [0x70ffc]
  try .c
  mov ax, [0x70fff]
.c:
  try .d
  mov eax, [0x71000 - 4]
  show 'read', eax
  add dword [0x70ffe], 1
.d:
  try .e
  user .w
.w:
  mov esp, 0x70ffe
  pop eax
.e:
  try .f
  user .x
.x:
  mov esp, 0x72002
  push eax
.f:
  mov dword [PTE(0x71000)], 0x71005
  mov eax, cr3
  mov cr3, eax
  try .g
  user .u
.u:
  mov [ss:0x70ffe], eax
.g:
  show 'pte 70', [PTE(0x70000)]
  show 'pte 71', [PTE(0x71000)]
;;; fetches from absent and supervisor pages
  paging_on
  mov dword [PTE(0x70000)], 0x70007
  mov dword [PTE(0x71000)], 0
  mov byte [0x70ffe], 0x90
  mov byte [0x70fff], 0xb8
  mov eax, cr3
  mov cr3, eax
  try .a
  mov eax, 0x70ffe
  jmp eax
.a:
  try .b
  mov eax, 0x71000
  jmp eax
.b:
  mov dword [PTE(0x70000)], 0x70003
  mov eax, cr3
  mov cr3, eax
  try .c
  user 0x70ffe
.c:
;;; accessed and dirty bits
  paging_on
%macro bits_of 1
  show %1, [PTE(0x70000)]
%endmacro
%macro fresh 0
  mov dword [PTE(0x70000)], 0x70007
  mov dword [PAGES], (PAGES + 0x1000) | 7
  mov eax, cr3
  mov cr3, eax
%endmacro
  fresh
  bits_of 'fresh'
  mov eax, [0x70000]
  bits_of 'read'
  show 'directory', [PAGES]
  mov [0x70000], eax
  bits_of 'written'
  fresh
  mov [0x70000], eax
  bits_of 'written'
  fresh
  inc dword [0x70000]
  bits_of 'modified'
  fresh
  mov eax, [0x70000]
  and dword [PTE(0x70000)], ~0x60
  mov eax, [0x70000]
  bits_of 'cleared under the tlb'
  invlpg [0x70000]
  mov eax, [0x70000]
  bits_of 'after invlpg'
  mov dword [PTE(0x70000)], 0x70005
  mov eax, cr3
  mov cr3, eax
  try .a
  user .u
.u:
  mov [ss:0x70000], eax
.a:
  bits_of 'failed write'
  mov dword [PTE(0x70000)], 0x70003
  mov eax, cr3
  mov cr3, eax
  try .b
  user .v
.v:
  mov eax, [ss:0x70000]
.b:
  bits_of 'failed read'
;;; 4 MiB pages
;;; wrong V0E E0008 (.*)
;;; right V0E E0009 $1
;;; because a reserved bit is only looked at in a present entry: P is 1 too (SDM vol. 3, section 4.7)
  paging_on
  mov dword [PAGES + 4], 0x00000087
  mov eax, cr4
  or al, 0x10
  mov cr4, eax
  mov dword [SCRATCH], 0xabcd1234
  show 'through 4 MiB', [0x400000 + SCRATCH]
  show 'entry', [PAGES + 4]
  mov [0x400000 + SCRATCH + 4], eax
  show 'entry', [PAGES + 4]
  mov dword [PAGES + 4], 0x00000081
  mov eax, cr3
  mov cr3, eax
  try .a
  user .u
.u:
  mov eax, [ss:0x400000]
.a:
  mov dword [PAGES + 4], 0x00200087
  mov eax, cr3
  mov cr3, eax
  try .b
  mov eax, [0x400000]
  show 'reserved bit', eax
.b:
  mov eax, cr4
  and al, ~0x10
  mov cr4, eax
  try .c
  mov eax, [0x400000]
  show 'pse off', eax
.c:
;;; PAE
;;; wrong V0E E0008 (.*)
;;; right V0E E0009 $1
;;; because a reserved bit is only looked at in a present entry: P is 1 too (SDM vol. 3, section 4.7)
;;; wrong pdpte 00041021
;;; right pdpte 00041001
;;; because an entry of the PAE page-directory-pointer table has no accessed bit (SDM vol. 3, table 4-8)
  call pae_map
  mov eax, cr4
  or al, 0x20
  mov cr4, eax
  mov eax, PAGES
  mov cr3, eax
  mov eax, cr0
  or eax, 0x80000000
  mov cr0, eax
  mov dword [SCRATCH], 0x5555aaaa
  show 'read', [SCRATCH]
  show 'pte', [PAGES + 0x2000 + (SCRATCH >> 12) * 8]
  show 'pde', [PAGES + 0x1000]
  show 'pdpte', [PAGES]
  mov dword [PAGES + 0x1000 + 8], 0x87
  mov dword [PAGES + 0x1000 + 12], 0
  show 'through 2 MiB', [0x200000 + SCRATCH]
  show 'pde', [PAGES + 0x1008]
  try .a
  mov eax, [0x400000]
.a:
  try .b
  mov eax, [0x40000000]
.b:
  mov dword [PAGES + 0x2000 + 0x70 * 8 + 4], 0x80000000
  mov eax, cr3
  mov cr3, eax
  try .c
  mov eax, [0x70000]
.c:
  mov ecx, 0xc0000080
  rdmsr
  or eax, 0x800
  wrmsr
  try .d
  mov eax, [0x70000]
  show 'nx data', eax
  mov eax, 0x70000
  jmp eax
.d:
  try .e
  user 0x70000
.e:
  mov dword [PAGES + 0x2000 + 0x70 * 8 + 4], 0x40000000
  mov eax, cr3
  mov cr3, eax
  try .f
  mov eax, [0x70000]
.f:
  jmp finish
pae_map:
  mov edi, PAGES
  mov ecx, 0x4000 / 4
  xor eax, eax
  rep stosd
  mov dword [PAGES], (PAGES + 0x1000) | 1
  mov dword [PAGES + 0x1000], (PAGES + 0x2000) | 7
  mov edi, PAGES + 0x2000
  mov eax, 7
  mov ecx, 512
.next:
  mov [edi], eax
  mov dword [edi + 4], 0
  add edi, 8
  add eax, 0x1000
  loop .next
  ret
;;; global pages
  paging_on
  mov eax, cr4
  or eax, 0x80
  mov cr4, eax
  mov dword [0x70000], 0x70707070
  mov dword [0x71000], 0x71717171
  mov dword [PTE(0x70000)], 0x70107
  invlpg [0x70000]
  mov eax, [0x70000]
  mov dword [PTE(0x70000)], 0x71107
  invlpg [0x70000]
  show 'dropped', [0x70000]
  mov dword [PTE(0x70000)], 0x70107
  mov eax, cr4
  and eax, ~0x80
  mov cr4, eax
  show 'dropped by cr4', [0x70000]
;;; CR0 and CR4 refuse
;;; only QEMU 7.2 takes any value of CR0
;;= V0D E0000 0008:0001200F F00000002 S0010:0002FFF4 D0010,0010,0010,0010
;;= paging without protection 00012026
;;= V0D E0000 0008:0001205A F00000002 S0010:0002FFF4 D0010,0010,0010,0010
;;= nw without cd 00012071
;;= taken 40000011
;;= cd 40000011
;;= taken 60000011
;;= cd and nw 60000011
;;= taken 00000011
;;= plain 00000011
;;= V0D E0000 0008:0001213F F00000002 S0010:0002FFF4 D0010,0010,0010,0010
;;= reserved 00012156
;;= taken 12345678
;;= cr2 12345678
;;= V06 0008:000121A9 F00000002 S0010:0002FFF4 D0010,0010,0010,0010
;;= V06 0008:000121B6 F00000002 S0010:0002FFF4 D0010,0010,0010,0010
;;= msw 00000011
;;= pe kept 0000001F
;;= cr0 00000011
;;= END
%macro try_cr 3
  try %%next
  mov eax, %2
  mov %1, eax
  mov eax, %1
  show 'taken', eax
%%next:
  show %3, eax
%endmacro
  try_cr cr0, 0x80000010, 'paging without protection'
  try_cr cr0, 0x20000011, 'nw without cd'
  try_cr cr0, 0x40000011, 'cd'
  try_cr cr0, 0x60000011, 'cd and nw'
  try_cr cr0, 0x11, 'plain'
  try_cr cr4, 0x80000000, 'reserved'
  try_cr cr2, 0x12345678, 'cr2'
  try .a
  mov eax, cr1
.a:
  try .b
  mov cr5, eax
.b:
  smsw eax
  lmsw ax
  show 'msw', eax
  mov eax, 0xe
  lmsw ax
  smsw eax
  show 'pe kept', eax
  xor eax, eax
  lmsw ax
  show 'cr0', cr0
;;; a page fault while an inner stack is pushed
  paging_on
  idt_gate 0x50, CODE1, stubs + 0x50 * 16, 0xee
  mov dword [PTE(STACK1 - 0x1000)], 0
  mov eax, cr3
  mov cr3, eax
  try .a
  user .u
.u:
  int 0x50
.a:
  mov dword [PTE(STACK1 - 0x1000)], (STACK1 - 0x1000) | 1
  mov eax, cr0
  or eax, 0x10000
  mov cr0, eax
  mov eax, cr3
  mov cr3, eax
  try .b
  user .v
.v:
  int 0x50
.b:
;;; a double fault of page faults, and its triple fault
  paging_on
  mov dword [PTE(0x70000)], 0
  idt_gate 14, 0xfff0, stubs + 14 * 16, 0x8e
  mov eax, cr3
  mov cr3, eax
  try .a
  mov eax, [0x70000]
.a:
  idt_gate 8, 0xfff0, stubs + 8 * 16, 0x8e
  mov eax, [0x70000]
;;; page faults on descriptor tables, IDT and TSS
  paging_on
  mov esi, gdt
  mov edi, 0x70000
  mov ecx, 64
  rep movsd
  mov esi, idt
  mov edi, 0x71000
  mov ecx, 0x90 * 2
  rep movsd
  mov dword [scratch], 0x00ff
  mov word [scratch], GDTEND
  mov dword [scratch + 2], 0x70000
  lgdt [scratch]
  and dword [PTE(0x70000)], ~1
  mov eax, cr3
  mov cr3, eax
  try .a
  mov ax, DATA3
  mov es, ax
  show 'not reached', es
.a:
  jmp finish
;;; PAE directory pointers are checked when CR3 is loaded
;;; only QEMU 7.2 reads them at each walk instead
;;= V0D E0000 0008:0001204E F00000002 S0010:0002FFF4 D0010,0010,0010,0010
;;= cr0 60000011
;;= cr0 E0000011
;;= V0D E0000 0008:0001209F F00000002 S0010:0002FFF4 D0010,0010,0010,0010
;;= still mapped 00000000
;;= END
  mov edi, PAGES
  mov ecx, 0x4000 / 4
  xor eax, eax
  rep stosd
  mov dword [PAGES], (PAGES + 0x1000) | 1
  mov dword [PAGES + 0x1000], 0x87
  mov eax, cr4
  or al, 0x20
  mov cr4, eax
  mov dword [PAGES + 8], 0x1e7
  mov eax, PAGES
  mov cr3, eax
  try .a
  mov eax, cr0
  or eax, 0x80000000
  mov cr0, eax
.a:
  show 'cr0', cr0
  mov dword [PAGES + 8], 0
  mov eax, cr0
  or eax, 0x80000000
  mov cr0, eax
  show 'cr0', cr0
  mov dword [PAGES + 8], 0x1e7
  try .b
  mov eax, PAGES
  mov cr3, eax
.b:
  mov dword [PAGES + 8], 0
  mov dword [PAGES], 0
  mov eax, [SCRATCH]
  show 'still mapped', eax
