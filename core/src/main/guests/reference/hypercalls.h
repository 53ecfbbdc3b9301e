/* The hypercalls: made from the VMM's table, which a test holds it to. */
#ifndef HYPERCALLS_H
#define HYPERCALLS_H

#define HYPERCALL_VECTOR 0x82
#define INTERFACE_VERSION 1
#define PORTED_MAGIC 0x56505352
#define HYPERCALL_STUB_BYTES 32

/* Offsets of the words in the shared page. */
#define SHARED_INTERRUPTS 0
#define SHARED_UPCALL_PENDING 4
#define SHARED_PENDING 8
#define SHARED_MASK 12
#define SHARED_FAULT_VA 16

/* Number in EAX, arguments in EBX ECX EDX ESI EDI, result in EAX; negative for an error. */
#define HYPERCALL_VERSION 0
#define HYPERCALL_CONSOLE_WRITE 1
#define HYPERCALL_SET_SHARED_PAGE 2
#define HYPERCALL_SET_TRAP_TABLE 3
#define HYPERCALL_SET_FAST_TRAP 4
#define HYPERCALL_SET_GDT 5
#define HYPERCALL_UPDATE_DESCRIPTOR 6
#define HYPERCALL_STACK_SWITCH 7
#define HYPERCALL_SET_CALLBACKS 8
#define HYPERCALL_LOAD_PAGE_TABLE 9
#define HYPERCALL_UPDATE_VA_MAPPING 10
#define HYPERCALL_MMU_UPDATE 11
#define HYPERCALL_FLUSH_PAGE 12
#define HYPERCALL_FLUSH_ALL 13
#define HYPERCALL_FPU_TASKSWITCH 14
#define HYPERCALL_SCHED_OP 15
#define HYPERCALL_BIND_TIMER 16
#define HYPERCALL_BIND_IRQ 17
#define HYPERCALL_BIND_NONE 18
#define HYPERCALL_CLOSE_CHANNEL 19
#define HYPERCALL_SEND_EVENT 20
#define HYPERCALL_MASK_EVENT 21
#define HYPERCALL_UNMASK_EVENT 22
#define HYPERCALL_DELIVER_EVENTS 23
#define HYPERCALL_SET_TIMER 24
#define HYPERCALL_GET_TIME 25
#define HYPERCALL_IRET 26
#define HYPERCALL_MULTICALL 27
#define HYPERCALL_HYPERCALL_PAGE 28
#define HYPERCALL_SET_LDT 29
#define HYPERCALL_SET_DEBUG_REGISTER 30
#define HYPERCALL_GET_DEBUG_REGISTER 31
#define HYPERCALL_FLUSH_PAGES 32
#define HYPERCALL_PIN_TABLE 33
#define HYPERCALL_UNPIN_TABLE 34
#define HYPERCALL_MACHINE_ADDRESS 35

#ifndef __ASSEMBLER__

#include "types.h"

/* The version of this interface. */
static inline int hypercall_version(void) {
    int result;
    __asm__ volatile("int %1" : "=a"(result) : "i"(HYPERCALL_VECTOR), "a"(HYPERCALL_VERSION) : "memory");
    return result;
}

/* Sends bytes to the console. */
static inline int hypercall_console_write(const volatile void *text, u32 length) {
    int result;
    register u32 r0 __asm__("ebx") = (u32) text;
    register u32 r1 __asm__("ecx") = (u32) length;
    __asm__ volatile("int %1" : "=a"(result) : "i"(HYPERCALL_VECTOR), "a"(HYPERCALL_CONSOLE_WRITE), "r"(r0), "r"(r1) : "memory");
    return result;
}

/* Dedicates a page of the guest to the virtual interrupt flag and the event bits. */
static inline int hypercall_set_shared_page(u32 page) {
    int result;
    register u32 r0 __asm__("ebx") = (u32) page;
    __asm__ volatile("int %1" : "=a"(result) : "i"(HYPERCALL_VECTOR), "a"(HYPERCALL_SET_SHARED_PAGE), "r"(r0) : "memory");
    return result;
}

/* Registers handlers: vector, DPL and masking, CS, EIP; all of them or none. */
static inline int hypercall_set_trap_table(const volatile void *entries, u32 count) {
    int result;
    register u32 r0 __asm__("ebx") = (u32) entries;
    register u32 r1 __asm__("ecx") = (u32) count;
    __asm__ volatile("int %1" : "=a"(result) : "i"(HYPERCALL_VECTOR), "a"(HYPERCALL_SET_TRAP_TABLE), "r"(r0), "r"(r1) : "memory");
    return result;
}

/* Lets INT n of ring 3 reach its handler without the VMM; 0 for none. */
static inline int hypercall_set_fast_trap(u32 vector) {
    int result;
    register u32 r0 __asm__("ebx") = (u32) vector;
    __asm__ volatile("int %1" : "=a"(result) : "i"(HYPERCALL_VECTOR), "a"(HYPERCALL_SET_FAST_TRAP), "r"(r0) : "memory");
    return result;
}

/* Loads the GDT: code and data of rings 1 to 3 only; the guest cannot write it from then on. */
static inline int hypercall_set_gdt(const volatile void *table, u32 count) {
    int result;
    register u32 r0 __asm__("ebx") = (u32) table;
    register u32 r1 __asm__("ecx") = (u32) count;
    __asm__ volatile("int %1" : "=a"(result) : "i"(HYPERCALL_VECTOR), "a"(HYPERCALL_SET_GDT), "r"(r0), "r"(r1) : "memory");
    return result;
}

/* Changes one descriptor of the GDT, or of the LDT where bit 2 of the selector says so. */
static inline int hypercall_update_descriptor(u32 selector, u32 low, u32 high) {
    int result;
    register u32 r0 __asm__("ebx") = (u32) selector;
    register u32 r1 __asm__("ecx") = (u32) low;
    register u32 r2 __asm__("edx") = (u32) high;
    __asm__ volatile("int %1" : "=a"(result) : "i"(HYPERCALL_VECTOR), "a"(HYPERCALL_UPDATE_DESCRIPTOR), "r"(r0), "r"(r1), "r"(r2) : "memory");
    return result;
}

/* Where the kernel's stack is when ring 3 is left. */
static inline int hypercall_stack_switch(u32 ss, u32 esp) {
    int result;
    register u32 r0 __asm__("ebx") = (u32) ss;
    register u32 r1 __asm__("ecx") = (u32) esp;
    __asm__ volatile("int %1" : "=a"(result) : "i"(HYPERCALL_VECTOR), "a"(HYPERCALL_STACK_SWITCH), "r"(r0), "r"(r1) : "memory");
    return result;
}

/* Registers the event upcall and the handler of an IRET that failed. */
static inline int hypercall_set_callbacks(u32 event_cs, u32 event_eip, u32 failsafe_cs, u32 failsafe_eip) {
    int result;
    register u32 r0 __asm__("ebx") = (u32) event_cs;
    register u32 r1 __asm__("ecx") = (u32) event_eip;
    register u32 r2 __asm__("edx") = (u32) failsafe_cs;
    register u32 r3 __asm__("esi") = (u32) failsafe_eip;
    __asm__ volatile("int %1" : "=a"(result) : "i"(HYPERCALL_VECTOR), "a"(HYPERCALL_SET_CALLBACKS), "r"(r0), "r"(r1), "r"(r2), "r"(r3) : "memory");
    return result;
}

/* Loads CR3; the first one turns paging on, read-only pages binding for the kernel too. */
static inline int hypercall_load_page_table(u32 directory) {
    int result;
    register u32 r0 __asm__("ebx") = (u32) directory;
    __asm__ volatile("int %1" : "=a"(result) : "i"(HYPERCALL_VECTOR), "a"(HYPERCALL_LOAD_PAGE_TABLE), "r"(r0) : "memory");
    return result;
}

/* Writes the PTE of a VA in the current tables; flush 1: that page, 2: everything. */
static inline int hypercall_update_va_mapping(const volatile void *va, u32 pte, u32 flush) {
    int result;
    register u32 r0 __asm__("ebx") = (u32) va;
    register u32 r1 __asm__("ecx") = (u32) pte;
    register u32 r2 __asm__("edx") = (u32) flush;
    __asm__ volatile("int %1" : "=a"(result) : "i"(HYPERCALL_VECTOR), "a"(HYPERCALL_UPDATE_VA_MAPPING), "r"(r0), "r"(r1), "r"(r2) : "memory");
    return result;
}

/* Writes table entries, PA and value each, in order; returns how many. */
static inline int hypercall_mmu_update(const volatile void *updates, u32 count) {
    int result;
    register u32 r0 __asm__("ebx") = (u32) updates;
    register u32 r1 __asm__("ecx") = (u32) count;
    __asm__ volatile("int %1" : "=a"(result) : "i"(HYPERCALL_VECTOR), "a"(HYPERCALL_MMU_UPDATE), "r"(r0), "r"(r1) : "memory");
    return result;
}

/* INVLPG. */
static inline int hypercall_flush_page(const volatile void *va) {
    int result;
    register u32 r0 __asm__("ebx") = (u32) va;
    __asm__ volatile("int %1" : "=a"(result) : "i"(HYPERCALL_VECTOR), "a"(HYPERCALL_FLUSH_PAGE), "r"(r0) : "memory");
    return result;
}

/* Forgets every translation. */
static inline int hypercall_flush_all(void) {
    int result;
    __asm__ volatile("int %1" : "=a"(result) : "i"(HYPERCALL_VECTOR), "a"(HYPERCALL_FLUSH_ALL) : "memory");
    return result;
}

/* Sets or clears CR0.TS. */
static inline int hypercall_fpu_taskswitch(u32 set) {
    int result;
    register u32 r0 __asm__("ebx") = (u32) set;
    __asm__ volatile("int %1" : "=a"(result) : "i"(HYPERCALL_VECTOR), "a"(HYPERCALL_FPU_TASKSWITCH), "r"(r0) : "memory");
    return result;
}

/* 0 yields, 1 lets events in and sleeps until there is one, 2 shuts down with a code, 3 stops for good. */
static inline int hypercall_sched_op(u32 operation, u32 code) {
    int result;
    register u32 r0 __asm__("ebx") = (u32) operation;
    register u32 r1 __asm__("ecx") = (u32) code;
    __asm__ volatile("int %1" : "=a"(result) : "i"(HYPERCALL_VECTOR), "a"(HYPERCALL_SCHED_OP), "r"(r0), "r"(r1) : "memory");
    return result;
}

/* A channel for the guest's timer, masked. */
static inline int hypercall_bind_timer(void) {
    int result;
    __asm__ volatile("int %1" : "=a"(result) : "i"(HYPERCALL_VECTOR), "a"(HYPERCALL_BIND_TIMER) : "memory");
    return result;
}

/* A channel for a device's interrupt line, masked. */
static inline int hypercall_bind_irq(u32 irq) {
    int result;
    register u32 r0 __asm__("ebx") = (u32) irq;
    __asm__ volatile("int %1" : "=a"(result) : "i"(HYPERCALL_VECTOR), "a"(HYPERCALL_BIND_IRQ), "r"(r0) : "memory");
    return result;
}

/* A channel for the guest's own use, masked. */
static inline int hypercall_bind_none(void) {
    int result;
    __asm__ volatile("int %1" : "=a"(result) : "i"(HYPERCALL_VECTOR), "a"(HYPERCALL_BIND_NONE) : "memory");
    return result;
}

/* Gives a channel back. */
static inline int hypercall_close_channel(u32 channel) {
    int result;
    register u32 r0 __asm__("ebx") = (u32) channel;
    __asm__ volatile("int %1" : "=a"(result) : "i"(HYPERCALL_VECTOR), "a"(HYPERCALL_CLOSE_CHANNEL), "r"(r0) : "memory");
    return result;
}

/* Makes a channel pending. */
static inline int hypercall_send_event(u32 channel) {
    int result;
    register u32 r0 __asm__("ebx") = (u32) channel;
    __asm__ volatile("int %1" : "=a"(result) : "i"(HYPERCALL_VECTOR), "a"(HYPERCALL_SEND_EVENT), "r"(r0) : "memory");
    return result;
}

/* Masks a channel. */
static inline int hypercall_mask_event(u32 channel) {
    int result;
    register u32 r0 __asm__("ebx") = (u32) channel;
    __asm__ volatile("int %1" : "=a"(result) : "i"(HYPERCALL_VECTOR), "a"(HYPERCALL_MASK_EVENT), "r"(r0) : "memory");
    return result;
}

/* Unmasks a channel; what was pending behind the mask is now due. */
static inline int hypercall_unmask_event(u32 channel) {
    int result;
    register u32 r0 __asm__("ebx") = (u32) channel;
    __asm__ volatile("int %1" : "=a"(result) : "i"(HYPERCALL_VECTOR), "a"(HYPERCALL_UNMASK_EVENT), "r"(r0) : "memory");
    return result;
}

/* Delivers what is due: for a guest that set its interrupt flag and saw the pending word. */
static inline int hypercall_deliver_events(void) {
    int result;
    __asm__ volatile("int %1" : "=a"(result) : "i"(HYPERCALL_VECTOR), "a"(HYPERCALL_DELIVER_EVENTS) : "memory");
    return result;
}

/* Starts the periodic timer; 0 stops it. */
static inline int hypercall_set_timer(u32 microseconds) {
    int result;
    register u32 r0 __asm__("ebx") = (u32) microseconds;
    __asm__ volatile("int %1" : "=a"(result) : "i"(HYPERCALL_VECTOR), "a"(HYPERCALL_SET_TIMER), "r"(r0) : "memory");
    return result;
}

/* Stores the nanoseconds since the start, 64 bits. */
static inline int hypercall_get_time(const volatile void *nanoseconds) {
    int result;
    register u32 r0 __asm__("ebx") = (u32) nanoseconds;
    __asm__ volatile("int %1" : "=a"(result) : "i"(HYPERCALL_VECTOR), "a"(HYPERCALL_GET_TIME), "r"(r0) : "memory");
    return result;
}

/* Carries calls out in order: number, five arguments, result, unused; 32 bytes each. */
static inline int hypercall_multicall(const volatile void *calls, u32 count) {
    int result;
    register u32 r0 __asm__("ebx") = (u32) calls;
    register u32 r1 __asm__("ecx") = (u32) count;
    __asm__ volatile("int %1" : "=a"(result) : "i"(HYPERCALL_VECTOR), "a"(HYPERCALL_MULTICALL), "r"(r0), "r"(r1) : "memory");
    return result;
}

/* Writes a stub a call, 32 bytes apart, with the trap instruction that this server is best asked by. */
static inline int hypercall_hypercall_page(u32 page) {
    int result;
    register u32 r0 __asm__("ebx") = (u32) page;
    __asm__ volatile("int %1" : "=a"(result) : "i"(HYPERCALL_VECTOR), "a"(HYPERCALL_HYPERCALL_PAGE), "r"(r0) : "memory");
    return result;
}

/* Loads the LDT: code and data of rings 1 to 3 only, not the guest's to write; 0 entries for none. */
static inline int hypercall_set_ldt(const volatile void *table, u32 count) {
    int result;
    register u32 r0 __asm__("ebx") = (u32) table;
    register u32 r1 __asm__("ecx") = (u32) count;
    __asm__ volatile("int %1" : "=a"(result) : "i"(HYPERCALL_VECTOR), "a"(HYPERCALL_SET_LDT), "r"(r0), "r"(r1) : "memory");
    return result;
}

/* Writes DR0 to DR3, DR6 or DR7; breakpoints lie below the VMM's region, general detect is the VMM's. */
static inline int hypercall_set_debug_register(u32 dr, u32 value) {
    int result;
    register u32 r0 __asm__("ebx") = (u32) dr;
    register u32 r1 __asm__("ecx") = (u32) value;
    __asm__ volatile("int %1" : "=a"(result) : "i"(HYPERCALL_VECTOR), "a"(HYPERCALL_SET_DEBUG_REGISTER), "r"(r0), "r"(r1) : "memory");
    return result;
}

/* Returns DR0 to DR3, DR6 or DR7. */
static inline int hypercall_get_debug_register(u32 dr) {
    int result;
    register u32 r0 __asm__("ebx") = (u32) dr;
    __asm__ volatile("int %1" : "=a"(result) : "i"(HYPERCALL_VECTOR), "a"(HYPERCALL_GET_DEBUG_REGISTER), "r"(r0) : "memory");
    return result;
}

/* INVLPG of each VA of a list. */
static inline int hypercall_flush_pages(const volatile void *pages, u32 count) {
    int result;
    register u32 r0 __asm__("ebx") = (u32) pages;
    register u32 r1 __asm__("ecx") = (u32) count;
    __asm__ volatile("int %1" : "=a"(result) : "i"(HYPERCALL_VECTOR), "a"(HYPERCALL_FLUSH_PAGES), "r"(r0), "r"(r1) : "memory");
    return result;
}

/* Direct memory: validates a page as a page table (0) or directory (1), which it then stays. */
static inline int hypercall_pin_table(u32 page, u32 level) {
    int result;
    register u32 r0 __asm__("ebx") = (u32) page;
    register u32 r1 __asm__("ecx") = (u32) level;
    __asm__ volatile("int %1" : "=a"(result) : "i"(HYPERCALL_VECTOR), "a"(HYPERCALL_PIN_TABLE), "r"(r0), "r"(r1) : "memory");
    return result;
}

/* Ends a pin. */
static inline int hypercall_unpin_table(u32 page) {
    int result;
    register u32 r0 __asm__("ebx") = (u32) page;
    __asm__ volatile("int %1" : "=a"(result) : "i"(HYPERCALL_VECTOR), "a"(HYPERCALL_UNPIN_TABLE), "r"(r0) : "memory");
    return result;
}

/* Direct memory: the MA of a page, as page tables in use show it. */
static inline int hypercall_machine_address(u32 page) {
    int result;
    register u32 r0 __asm__("ebx") = (u32) page;
    __asm__ volatile("int %1" : "=a"(result) : "i"(HYPERCALL_VECTOR), "a"(HYPERCALL_MACHINE_ADDRESS), "r"(r0) : "memory");
    return result;
}

#endif
#endif
