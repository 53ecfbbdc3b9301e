/*
 * The privileged operations of a kernel in ring 1: hypercalls, and plain stores to the page shared with the VMM.
 * The kernel begins in ring 1, with flat segments of the VMM's; ports are used by IN and OUT, which the VMM carries out.
 */
#ifndef PRIVOPS_HYPERCALL_H
#define PRIVOPS_HYPERCALL_H

#include "hypercalls.h"

#define FLAG_IF 0x200

#ifdef __ASSEMBLER__

/*
 * Lets events in again as the frame says, and returns. An event between the store and the IRET is served on top of this
 * stack; one that is pending already is the VMM's to deliver, which then returns in our place.
 */
        .macro  return_from_interrupt
        testl   $FLAG_IF, 8(%esp)
        jz      1f
        movl    $1, shared_page + SHARED_INTERRUPTS
        cmpl    $0, shared_page + SHARED_UPCALL_PENDING
        jne     1f
        iret
1:      pushl   %eax
        movl    $HYPERCALL_IRET, %eax
        int     $HYPERCALL_VECTOR
        .endm
#define PRIV_RETURN_FROM_INTERRUPT return_from_interrupt

/* A fast trap comes here without the VMM: the kernel shuts events out itself. */
#define PRIV_ENTER_SYSTEM_CALL movl $0, shared_page + SHARED_INTERRUPTS

/* Tells a VMM that this kernel is ported. */
#define PRIV_SIGNATURE .long PORTED_MAGIC, INTERFACE_VERSION, -(PORTED_MAGIC + INTERFACE_VERSION)

#else

#include "types.h"

extern volatile u32 shared_page[];

/* hypervisor.c: what is more than one call. */
void priv_load_gdt(const struct table_pointer *gdt, u32 code, u32 data);
void priv_load_idt(const struct table_pointer *idt);
void priv_set_kernel_stack(u32 *tss_esp0, u32 esp0);
void priv_set_pte(u32 *pte, u32 value);
void priv_becomes_table(u32 pa);
void priv_becomes_page(u32 pa);
void priv_begin_updates(void);
void priv_end_updates(void);

static inline u32 priv_shared(u32 offset) {
    return shared_page[offset / 4];
}

static inline void priv_wait_for_interrupt(void) {
    hypercall_sched_op(1, 0);
    shared_page[SHARED_INTERRUPTS / 4] = 0;
}

static inline void priv_stop(void) {
    for (;;) {
        hypercall_sched_op(2, 0);
    }
}

/* There is no TSS: the VMM knows the kernel's stack. */
static inline void priv_load_task_register(u16 selector) {
    (void) selector;
}

void priv_load_page_directory(u32 pa);

/* Paging came on with the first page directory. */
static inline void priv_enable_paging(void) {
}

static inline void priv_flush_page(u32 va) {
    hypercall_flush_page((const void *) va);
}

static inline u32 priv_fault_va(void) {
    return priv_shared(SHARED_FAULT_VA);
}

#endif
#endif
