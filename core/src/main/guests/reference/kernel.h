/* The reference kernel's parts and what they offer each other. */
#ifndef KERNEL_H
#define KERNEL_H

#include "layout.h"
#include "types.h"

/* What the stubs of boot.S leave on the kernel stack; ESP and SS are there only for an interrupt out of ring 3. */
struct frame {
    u32 es, ds;
    u32 edi, esi, ebp, esp_of_pusha, ebx, edx, ecx, eax;
    u32 vector, error;
    u32 eip, cs, eflags, esp, ss;
};

#define SELECTOR_KERNEL_CODE 0x08
#define SELECTOR_KERNEL_DATA 0x10
#define SELECTOR_USER_CODE 0x1b
#define SELECTOR_USER_DATA 0x23
#define SELECTOR_TSS 0x28
#define EFLAGS_USER 0x202 /* IF */

#define TIMER_HZ 100
#define TIMER_VECTOR 0x20
#define SPURIOUS_FIRST 0x21
#define SPURIOUS_LAST 0x2f

/* console.c: the UART at COM1; formats know %s %u %x (eight digits) and %c. */
void console_init(void);
void print(const char *format, ...);
void print_bytes(const char *text, u32 length);

/* disk.c, in the kernel with disks only: reads the first sector of the first disk, where there is one. */
void disk_init(void);

/* hypervisor.c, in the ported kernel only: bytes to the console of the VMM. */
void console_send(const char *text, u32 length);

/* processor.c: descriptor tables, interrupt controller and timer. */
void processor_init(void);
void timer_init(void);
void timer_acknowledge(void);

/* memory.c: page frames and address spaces; the kernel's part is mapped one to one in each. */
void memory_init(u32 memory_end);
u32 space_new(void);
void space_free(u32 directory);
u32 space_copy(u32 directory);
void space_map_new_page(u32 directory, u32 va);
void space_map_read_only(u32 directory, u32 va, u32 pa);
void space_unmap(u32 directory, u32 va, u32 pages);
int space_has_page(u32 directory, u32 va);
void *page_of_ticks(void);

/* process.c: user programs, one after the other or side by side. */
struct request {
    u32 selected; /* bit n: run program n */
    u32 repeat;
    u32 ticks;
};
void process_run_all(const struct request *request);
void process_interrupt(struct frame *frame);
void process_timer(struct frame *frame);

/* boot.S */
extern u8 interrupt_stubs[], system_call_stub[], kernel_stack_top[], user_image[], user_image_end[];
extern u8 kernel_end[]; /* kernel.ld */
void enter_user(struct frame *frame);

/* kernel.c */
extern volatile u32 *ticks;
void kernel_finish(u32 code) __attribute__((noreturn));
void kernel_panic(const char *what) __attribute__((noreturn));
void *memcpy(void *to, const void *from, u32 length);
void *memset(void *to, int value, u32 length);

#endif
