/*
 * The reference kernel: a small protected-mode system that uses what a virtual machine monitor has to virtualize.
 *
 * It boots from a Multiboot loader, sets up its own descriptor tables, paging, timer and user programs, prints to COM1
 * what it did (never how long it took) and ends through the debug-exit port.
 */
#include "kernel.h"
#include "privops.h"
#include "workloads.h"

#define MULTIBOOT_LOADED 0x2badb002
#define INFO_MEMORY 1u
#define INFO_COMMAND_LINE 4u
#define EXIT_PORT 0xf4
#define RING0_TICKS 3

struct multiboot_info {
    u32 flags, memory_lower_kib, memory_upper_kib, boot_device, command_line;
};

static const char *const work_names[WORKS] = WORK_NAMES;
static u32 early_ticks;
volatile u32 *ticks = &early_ticks;

void *memcpy(void *to, const void *from, u32 length) {
    void *start = to;
    u32 rest = length % 4;
    length /= 4;
    __asm__ volatile("rep movsl\n\tmovl %3, %%ecx\n\trep movsb" : "+D"(to), "+S"(from), "+c"(length) : "r"(rest) : "memory");
    return start;
}

void *memset(void *to, int value, u32 length) {
    void *start = to;
    __asm__ volatile("rep stosb" : "+D"(to), "+c"(length) : "a"(value) : "memory");
    return start;
}

void kernel_finish(u32 code) {
    print("kernel: done, code %u\n", code);
    priv_out8(EXIT_PORT, (u8) code);
    priv_stop();
    __builtin_unreachable();
}

void kernel_panic(const char *what) {
    print("kernel: panic: %s\n", what);
    kernel_finish(1);
}

/* Every interrupt and exception, from the stubs; what is left in *frame is what is returned to. */
void interrupt(struct frame *frame) {
    int from_user = (frame->cs & 3) == 3;
    if (frame->vector == TIMER_VECTOR) {
        timer_acknowledge();
        ++*ticks;
        if (from_user) {
            process_timer(frame);
        }
    } else if (frame->vector >= SPURIOUS_FIRST && frame->vector <= SPURIOUS_LAST) {
        /* the 8259 asked and then forgot: nothing to acknowledge */
    } else if (from_user) {
        process_interrupt(frame);
    } else {
        print("kernel: exception %u, error %u, eip %x, cr2 %x\n", frame->vector, frame->error, frame->eip, priv_fault_va());
        kernel_panic("exception in the kernel");
    }
}

/* Where `text` goes on after `word`, or 0 if it does not start so. */
static const char *after(const char *text, const char *word) {
    while (*word) {
        if (*text++ != *word++) {
            return 0;
        }
    }
    return text;
}

static u32 parse_number(const char *text) {
    u32 value = 0;
    for (; *text >= '0' && *text <= '9'; text++) {
        value = value * 10 + (u32) (*text - '0');
    }
    return value;
}

static u32 parse_work(const char *text) {
    u32 selected = 0;
    for (;;) {
        u32 work = 0;
        const char *rest = 0;
        for (; work < WORKS; work++) {
            rest = after(text, work_names[work]);
            if (rest && (*rest == ',' || *rest == ' ' || *rest == 0)) {
                break;
            }
        }
        if (work == WORKS) {
            kernel_panic("work= names a program that does not exist");
        }
        selected |= 1u << work;
        if (*rest != ',') {
            return selected;
        }
        text = rest + 1;
    }
}

/* Options are words with '='; the loader's first word, the file name, is passed over. */
static void parse_options(const char *line, struct request *request) {
    while (*line) {
        const char *value;
        if ((value = after(line, "work="))) {
            request->selected = parse_work(value);
        } else if ((value = after(line, "repeat="))) {
            request->repeat = parse_number(value);
        } else if ((value = after(line, "ticks="))) {
            request->ticks = parse_number(value);
        }
        while (*line && *line != ' ') {
            line++;
        }
        while (*line == ' ') {
            line++;
        }
    }
}

static void timer_in_ring_0(void) {
    timer_init();
    while (*ticks < RING0_TICKS) {
        priv_wait_for_interrupt();
    }
    print("timer: 8254 at %u Hz, %u ticks seen in the kernel\n", TIMER_HZ, RING0_TICKS);
}

static void work_in_ring_0(u32 selected) {
    if (selected & 1u << WORK_SIEVE) {
        print("kernel: %u primes below %u\n", sieve(1), SIEVE_LIMIT);
    }
    if (selected & 1u << WORK_SHA256) {
        u32 h[8];
        sha256_of_pattern(1, h);
        print("kernel: sha256 %x%x%x%x%x%x%x%x\n", h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7]);
    }
}

void kernel_main(u32 magic, const struct multiboot_info *info) {
    static struct request request = {.selected = (1u << WORKS) - 1, .repeat = 1, .ticks = 20};
    console_init();
    print("Ringside reference kernel\n");
    if (magic != MULTIBOOT_LOADED || !(info->flags & INFO_MEMORY)) {
        kernel_panic("needs a Multiboot loader that tells the memory size");
    }
    if (info->flags & INFO_COMMAND_LINE) {
        parse_options((const char *) info->command_line, &request);
    }
    processor_init();
    print("cpu: GDT, IDT and TSS loaded\n");
#ifdef DISKS
    disk_init();
#endif
    memory_init(0x100000 + info->memory_upper_kib * 1024);
    ticks = page_of_ticks();
    print("memory: paging on, kernel pages supervisor, user pages from %x\n", USER_BASE);
    timer_in_ring_0();
    work_in_ring_0(request.selected);
    process_run_all(&request);
}
