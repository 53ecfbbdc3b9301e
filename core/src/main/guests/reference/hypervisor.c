/* The ported kernel's side of what takes more than one hypercall: tables, batches of updates, timer and console. */
#include "kernel.h"
#include "privops.h"

#define DESCRIPTORS 512
#define BATCH 128
#define RING_1 1u
#define DPL_1 (1ull << 45)
#define PRESENT_SEGMENT (0x9ull << 44) /* P and S */
#define TRAP_MASKS_EVENTS 4
#define PRESENT 1u
#define WRITABLE 2u
#define FLUSH_PAGE 1

struct trap {
    u8 vector, flags;
    u16 cs;
    u32 eip;
};

struct update {
    u32 pa, value;
};

volatile u32 shared_page[PAGE / 4] __attribute__((aligned(4096)));
static u64 own_gdt[DESCRIPTORS] __attribute__((aligned(4096))); /* the VMM lets nobody write this page */
static u32 kernel_data;
static struct update queue[BATCH];
static u32 queued, batching, paging;
static u32 timer_channel;

static void must(int result, const char *what) {
    if (result < 0) {
        kernel_panic(what);
    }
}

/* Code and data of ring 0 become ring 1's; there is no TSS. */
void priv_load_gdt(const struct table_pointer *gdt, u32 code, u32 data) {
    const u64 *native = (const u64 *) gdt->base;
    u32 count = (gdt->limit + 1u) / 8;
    for (u32 i = 0; i < count; i++) {
        u64 entry = native[i];
        int segment = (entry & PRESENT_SEGMENT) == PRESENT_SEGMENT;
        int ring_0 = (entry >> 45 & 3) == 0;
        own_gdt[i] = !segment ? 0 : ring_0 ? entry | DPL_1 : entry;
    }
    must(hypercall_set_gdt(own_gdt, count), "the VMM refuses the GDT");
    kernel_data = data | RING_1;
    __asm__ volatile("pushl %0\n\t"
                     "pushl $1f\n\t"
                     "lret\n"
                     "1:\tmovl %1, %%ds\n\t"
                     "movl %1, %%es\n\t"
                     "movl %1, %%fs\n\t"
                     "movl %1, %%gs\n\t"
                     "movl %1, %%ss"
                     :
                     : "r"(code | RING_1), "r"(kernel_data)
                     : "memory");
    must(hypercall_set_shared_page((u32) shared_page), "the VMM refuses the shared page");
}

/* Gates become traps; the system call, the only one open to ring 3, goes straight to its handler where the VMM lets it. */
void priv_load_idt(const struct table_pointer *idt) {
    static struct trap traps[256];
    const u32 *gate = (const u32 *) idt->base;
    u32 count = 0;
    for (u32 vector = 0; vector < (idt->limit + 1u) / 8; vector++, gate += 2) {
        if (gate[1] & 0x8000) {
            traps[count++] = (struct trap) {
                .vector = (u8) vector, .flags = (u8) ((gate[1] >> 13 & 3) | TRAP_MASKS_EVENTS),
                .cs = (u16) (gate[0] >> 16 | RING_1), .eip = (gate[1] & 0xffff0000) | (gate[0] & 0xffff)};
        }
    }
    must(hypercall_set_trap_table(traps, count), "the VMM refuses the trap table");
}

void priv_set_kernel_stack(u32 *tss_esp0, u32 esp0) {
    (void) tss_esp0;
    must(hypercall_stack_switch(kernel_data, esp0), "the VMM refuses the kernel stack");
    hypercall_set_fast_trap(SYSTEM_CALL_VECTOR);
}

static void flush_queue(void) {
    if (queued != 0) {
        must(hypercall_mmu_update(queue, queued), "the VMM refuses a page table entry");
        queued = 0;
    }
}

void priv_set_pte(u32 *pte, u32 value) {
    queue[queued++] = (struct update) {(u32) pte, value};
    if (!batching || queued == BATCH) {
        flush_queue();
    }
}

/* Before there is paging nothing is mapped; what the first directory maps wrongly the VMM mends. */
static void remap(u32 pa, u32 rights) {
    if (paging) {
        must(hypercall_update_va_mapping((void *) pa, pa | rights, FLUSH_PAGE), "the VMM refuses a page of the kernel's");
    }
}

/* A table that the processor reads may be mapped for writing nowhere. */
void priv_becomes_table(u32 pa) {
    remap(pa, PRESENT);
}

void priv_becomes_page(u32 pa) {
    remap(pa, PRESENT | WRITABLE);
}

void priv_load_page_directory(u32 pa) {
    must(hypercall_load_page_table(pa), "the VMM refuses a page directory");
    paging = 1;
}

void priv_begin_updates(void) {
    batching = 1;
}

void priv_end_updates(void) {
    batching = 0;
    flush_queue();
}

/* The VMM's timer instead of the 8254, and an event instead of an interrupt: the stub of its vector serves both. */
void timer_init(void) {
    int channel = hypercall_bind_timer();
    must(channel, "the VMM has no timer");
    timer_channel = (u32) channel;
    must(hypercall_set_callbacks(SELECTOR_KERNEL_CODE | RING_1, (u32) (interrupt_stubs + 16 * TIMER_VECTOR), 0, 0),
            "the VMM refuses the event handler");
    hypercall_set_timer(1000000 / TIMER_HZ);
    hypercall_unmask_event(timer_channel);
}

void timer_acknowledge(void) {
    shared_page[SHARED_UPCALL_PENDING / 4] = 0;
    __asm__ volatile("lock btrl %1, %0" : "+m"(shared_page[SHARED_PENDING / 4]) : "r"(timer_channel) : "memory");
}

void console_init(void) {
}

void console_send(const char *text, u32 length) {
    hypercall_console_write(text, length);
}
