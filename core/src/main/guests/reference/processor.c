#include "kernel.h"
#include "privops.h"

#define IDT_ENTRIES 256
#define STUBS 48
#define GATE_KERNEL 0x8e00 /* present 32-bit interrupt gate, DPL 0 */
#define GATE_USER 0xee00   /* the same, DPL 3 */

#define PIC_MASTER 0x20
#define PIC_SLAVE 0xa0
#define PIT_CHANNEL_0 0x40
#define PIT_COMMAND 0x43
#define PIT_HZ 1193182

struct gate {
    u32 low, high;
};

struct task_state {
    u32 back_link, esp0, ss0, rest[22];
    u16 trap, io_map_base;
};

static struct task_state tss = {.ss0 = SELECTOR_KERNEL_DATA, .io_map_base = sizeof(struct task_state)};
static struct gate idt[IDT_ENTRIES];
static u64 gdt[] = {
    0,
    0x00cf9a000000ffffull, /* kernel code */
    0x00cf92000000ffffull, /* kernel data */
    0x00cffa000000ffffull, /* user code */
    0x00cff2000000ffffull, /* user data */
    0,                     /* TSS */
};

static void gate_set(u32 vector, const u8 *handler, u32 kind) {
    u32 offset = (u32) handler;
    idt[vector].low = SELECTOR_KERNEL_CODE << 16 | (offset & 0xffff);
    idt[vector].high = (offset & 0xffff0000) | kind;
}

void processor_init(void) {
    u64 base = (u32) &tss;
    gdt[SELECTOR_TSS / 8] = (sizeof tss - 1) | (base & 0xffffff) << 16 | 0x89ull << 40 | (base >> 24) << 56;
    struct table_pointer gdt_pointer = {sizeof gdt - 1, (u32) gdt};
    priv_load_gdt(&gdt_pointer, SELECTOR_KERNEL_CODE, SELECTOR_KERNEL_DATA);
    for (u32 vector = 0; vector < STUBS; vector++) {
        gate_set(vector, interrupt_stubs + 16 * vector, GATE_KERNEL);
    }
    gate_set(SYSTEM_CALL_VECTOR, system_call_stub, GATE_USER);
    struct table_pointer idt_pointer = {sizeof idt - 1, (u32) idt};
    priv_load_idt(&idt_pointer);
    priv_set_kernel_stack(&tss.esp0, (u32) kernel_stack_top);
    priv_load_task_register(SELECTOR_TSS);
}

#ifndef PARAVIRTUAL

static void pic_init(u16 port, u8 vector, u8 cascade, u8 mask) {
    priv_out8(port, 0x11); /* ICW1: edge triggered, cascaded, ICW4 follows */
    priv_out8(port + 1, vector);
    priv_out8(port + 1, cascade);
    priv_out8(port + 1, 0x01); /* ICW4: 8086 mode */
    priv_out8(port + 1, mask);
}

void timer_init(void) {
    u32 divisor = PIT_HZ / TIMER_HZ;
    pic_init(PIC_MASTER, TIMER_VECTOR, 0x04, 0xfe); /* only IRQ 0 passes */
    pic_init(PIC_SLAVE, TIMER_VECTOR + 8, 0x02, 0xff);
    priv_out8(PIT_COMMAND, 0x34); /* channel 0, both bytes, rate generator */
    priv_out8(PIT_CHANNEL_0, divisor & 0xff);
    priv_out8(PIT_CHANNEL_0, divisor >> 8);
}

void timer_acknowledge(void) {
    priv_out8(PIC_MASTER, 0x20); /* non-specific end of interrupt */
}

#endif
