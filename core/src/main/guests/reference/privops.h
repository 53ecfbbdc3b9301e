/*
 * Everything the kernel asks of the processor that a user program could not do, and nothing else.
 *
 * The kernel calls only these. This is the native implementation: each operation is the instruction that a bare
 * processor has for it. Built with PARAVIRTUAL, the kernel has the other one: privops_hypercall.h.
 */
#ifndef PRIVOPS_H
#define PRIVOPS_H

#ifdef PARAVIRTUAL
#ifndef __ASSEMBLER__
#include "privops_common.h"
#endif
#include "privops_hypercall.h"
#elif defined(__ASSEMBLER__)

/* Returns from an interrupt: pops EIP, CS and EFLAGS, and ESP and SS too when CS is that of an outer ring. */
#define PRIV_RETURN_FROM_INTERRUPT iret

/* At the entry of the system-call gate: interrupts are to be shut out, which the gate did. */
#define PRIV_ENTER_SYSTEM_CALL

/* Words in the image that say to a VMM what the kernel was built for. */
#define PRIV_SIGNATURE

#else

#include "privops_common.h"

/* Lets interrupts in, sleeps until one was served, and shuts them out again. */
static inline void priv_wait_for_interrupt(void) {
    __asm__ volatile("sti\n\thlt\n\tcli" : : : "memory");
}

/* Stops for good. */
static inline void priv_stop(void) {
    for (;;) {
        __asm__ volatile("cli\n\thlt");
    }
}

/* Loads the GDT and every segment register from it. */
static inline void priv_load_gdt(const struct table_pointer *gdt, u32 code, u32 data) {
    __asm__ volatile("lgdt %0\n\t"
                     "pushl %1\n\t"
                     "pushl $1f\n\t"
                     "lret\n"
                     "1:\tmovl %2, %%ds\n\t"
                     "movl %2, %%es\n\t"
                     "movl %2, %%fs\n\t"
                     "movl %2, %%gs\n\t"
                     "movl %2, %%ss"
                     :
                     : "m"(*gdt), "r"(code), "r"(data)
                     : "memory");
}

static inline void priv_load_idt(const struct table_pointer *idt) {
    __asm__ volatile("lidt %0" : : "m"(*idt) : "memory");
}

static inline void priv_load_task_register(u16 selector) {
    __asm__ volatile("ltr %0" : : "r"(selector) : "memory");
}

/* Where the processor finds the kernel's stack when an interrupt leaves ring 3. */
static inline void priv_set_kernel_stack(u32 *tss_esp0, u32 esp0) {
    *(volatile u32 *) tss_esp0 = esp0;
}

static inline void priv_load_page_directory(u32 pa) {
    __asm__ volatile("movl %0, %%cr3" : : "r"(pa) : "memory");
}

/* Turns paging on, with read-only pages binding for the kernel too. */
static inline void priv_enable_paging(void) {
    u32 cr0;
    __asm__ volatile("movl %%cr0, %0" : "=r"(cr0));
    __asm__ volatile("movl %0, %%cr0\n\tjmp 1f\n1:" : : "r"(cr0 | 0x80010000) : "memory");
}

static inline void priv_set_pte(u32 *pte, u32 value) {
    *(volatile u32 *) pte = value;
}

/* The page, which the kernel mapped for writing, is about to become a page table, or is none any more. */
static inline void priv_becomes_table(u32 pa) {
    (void) pa;
}

static inline void priv_becomes_page(u32 pa) {
    (void) pa;
}

/* Between these, entries may wait that nobody reads before the end. */
static inline void priv_begin_updates(void) {
}

static inline void priv_end_updates(void) {
}

static inline void priv_flush_page(u32 va) {
    __asm__ volatile("invlpg (%0)" : : "r"(va) : "memory");
}

static inline u32 priv_fault_va(void) {
    u32 va;
    __asm__ volatile("movl %%cr2, %0" : "=r"(va));
    return va;
}

#endif
#endif
