/* Addresses and numbers that kernel and user program agree on. */
#ifndef LAYOUT_H
#define LAYOUT_H

#define PAGE 4096u

/* User space: everything from USER_BASE up to USER_END. */
#define USER_BASE 0x40000000u
#define USER_IMAGE_PAGES 256u /* program, data and bss; what the image does not fill comes as zero pages */
#define USER_STACK_TOP 0x48000000u
#define USER_STACK_PAGES 4u
#define DEMAND_BASE 0x50000000u /* filled with zero pages as they are touched */
#define DEMAND_PAGES 1024u
#define TICK_PAGE 0x60000000u /* read-only: the number of timer ticks since boot */
#define USER_END 0x70000000u

#define SYSTEM_CALL_VECTOR 0x80

/* System calls: number in EAX, arguments in EBX and ECX, result in EAX. */
#define SYS_WRITE 1 /* text, length */
#define SYS_TICKS 2
#define SYS_YIELD 3
#define SYS_EXIT 4   /* code */
#define SYS_UNMAP 5  /* va, pages: gives pages of the demand region back */
#define SYS_FORK 6   /* 0 in the child */
#define SYS_WAIT 7   /* the exit code of a child that ended, or SYS_ERROR without children */
#define SYS_FAULTS 8 /* demand faults served for this program */
#define SYS_ERROR 0xffffffffu

#define EXIT_NO_TICK 3 /* exit code of the program that waited for the timer in vain */

#ifndef __ASSEMBLER__
/* The programs, in the order they run. */
#define WORK_NAMES {"sieve", "sha256", "memcpy", "demand", "fork", "pagefault", "protection", "ticks"}
enum { WORK_SIEVE, WORK_SHA256, WORK_MEMCPY, WORK_DEMAND, WORK_FORK, WORK_PAGEFAULT, WORK_PROTECTION, WORK_TICKS, WORKS };
#endif

#endif
