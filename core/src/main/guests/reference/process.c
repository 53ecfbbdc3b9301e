#include "kernel.h"
#include "privops.h"

#define PROCESSES 8
#define VECTOR_GP 13
#define VECTOR_PF 14
#define ERROR_PRESENT 1u
#define ERROR_WRITE 2u
#define ERROR_USER 4u
#define EXIT_KILLED 128u

enum state { FREE, READY, WAITING, ENDED };

struct process {
    enum state state;
    u32 directory;
    u32 parent; /* index; its own for a program that the kernel started */
    u32 exit_code;
    u32 faults;
    struct frame frame;
};

static struct process processes[PROCESSES];
static struct process *current;
static const struct request *request;
static u32 next_program;
static u32 worst_code;

/* How each program has to end for the run to count as good. */
static const u32 right_code[WORKS] = {
    [WORK_PAGEFAULT] = EXIT_KILLED + VECTOR_PF, [WORK_PROTECTION] = EXIT_KILLED + VECTOR_GP};

/* Starts the next selected program in an address space of its own, or ends the run after the last. */
static void start_next_program(void) {
    while (next_program < WORKS && !(request->selected & 1u << next_program)) {
        next_program++;
    }
    if (next_program == WORKS) {
        kernel_finish(worst_code);
    }
    struct process *process = &processes[0];
    *process = (struct process) {.state = READY, .directory = space_new()};
    process->frame = (struct frame) {
        .es = SELECTOR_USER_DATA, .ds = SELECTOR_USER_DATA, .eax = next_program++, .ecx = request->repeat,
        .edx = request->ticks, .eip = USER_BASE, .cs = SELECTOR_USER_CODE, .eflags = EFLAGS_USER,
        .esp = USER_STACK_TOP, .ss = SELECTOR_USER_DATA};
    u32 image_pages = ((u32) (user_image_end - user_image) + PAGE - 1) / PAGE;
    for (u32 page = 0; page < image_pages; page++) {
        space_map_new_page(process->directory, USER_BASE + page * PAGE);
    }
    for (u32 page = 1; page <= USER_STACK_PAGES; page++) {
        space_map_new_page(process->directory, USER_STACK_TOP - page * PAGE);
    }
    space_map_read_only(process->directory, TICK_PAGE, (u32) page_of_ticks());
    priv_load_page_directory(process->directory);
    memcpy((void *) USER_BASE, user_image, (u32) (user_image_end - user_image));
    current = process;
}

void process_run_all(const struct request *wanted) {
    request = wanted;
    start_next_program();
    enter_user(&current->frame);
}

/* Leaves the current program for the next ready one, round robin; *frame becomes that one's. */
static void switch_away(struct frame *frame) {
    u32 index = (u32) (current - processes);
    for (u32 step = 1; step <= PROCESSES; step++) {
        struct process *next = &processes[(index + step) % PROCESSES];
        if (next->state == READY) {
            current->frame = *frame;
            *frame = next->frame;
            current = next;
            priv_load_page_directory(next->directory);
            return;
        }
    }
    kernel_panic("every program waits");
}

static void end_current(struct frame *frame, u32 code) {
    struct process *parent = &processes[current->parent];
    u32 finished = current->directory;
    current->exit_code = code;
    if (parent == current) {
        if (code != right_code[next_program - 1]) {
            worst_code = code != 0 ? code : 1;
        }
        start_next_program();
        *frame = current->frame;
    } else {
        current->state = ENDED;
        if (parent->state == WAITING) {
            parent->state = READY;
        }
        switch_away(frame);
    }
    space_free(finished);
}

static u32 fork(const struct frame *frame) {
    for (u32 i = 0; i < PROCESSES; i++) {
        struct process *child = &processes[i];
        if (child->state == FREE) {
            *child = (struct process) {.state = READY, .parent = (u32) (current - processes)};
            child->directory = space_copy(current->directory);
            child->frame = *frame;
            child->frame.eax = 0;
            return i;
        }
    }
    return SYS_ERROR;
}

/* Takes in a child that ended; sleeps, to repeat the call later, while there are only living ones. */
static void wait(struct frame *frame) {
    u32 self = (u32) (current - processes);
    int children = 0;
    for (u32 i = 0; i < PROCESSES; i++) {
        struct process *child = &processes[i];
        if (child->state != FREE && child->parent == self && child != current) {
            children = 1;
            if (child->state == ENDED) {
                child->state = FREE;
                frame->eax = child->exit_code;
                return;
            }
        }
    }
    if (!children) {
        frame->eax = SYS_ERROR;
        return;
    }
    frame->eip -= 2; /* back onto the INT */
    current->state = WAITING;
    switch_away(frame);
}

static int in_user_space(u32 va, u32 length) {
    return va >= USER_BASE && va < USER_END && length <= USER_END - va;
}

static u32 write(u32 va, u32 length) {
    if (!in_user_space(va, length)) {
        return SYS_ERROR;
    }
    for (u32 page = va & -PAGE; page < va + length; page += PAGE) {
        if (!space_has_page(current->directory, page)) {
            return SYS_ERROR;
        }
    }
    print_bytes((const char *) va, length);
    return length;
}

static u32 unmap(u32 va, u32 pages) {
    if (va % PAGE != 0 || va < DEMAND_BASE || pages > DEMAND_PAGES
            || va + pages * PAGE > DEMAND_BASE + DEMAND_PAGES * PAGE) {
        return SYS_ERROR;
    }
    space_unmap(current->directory, va, pages);
    return 0;
}

static void system_call(struct frame *frame) {
    switch (frame->eax) {
        case SYS_WRITE: frame->eax = write(frame->ebx, frame->ecx); break;
        case SYS_TICKS: frame->eax = *ticks; break;
        case SYS_YIELD: frame->eax = 0; switch_away(frame); break;
        case SYS_EXIT: end_current(frame, frame->ebx); break;
        case SYS_UNMAP: frame->eax = unmap(frame->ebx, frame->ecx); break;
        case SYS_FORK: frame->eax = fork(frame); break;
        case SYS_WAIT: wait(frame); break;
        case SYS_FAULTS: frame->eax = current->faults; break;
        default: frame->eax = SYS_ERROR; break;
    }
}

static int on_demand(u32 va) {
    return (va >= DEMAND_BASE && va < DEMAND_BASE + DEMAND_PAGES * PAGE)
            || (va >= USER_BASE && va < USER_BASE + USER_IMAGE_PAGES * PAGE);
}

static void page_fault(struct frame *frame) {
    u32 va = priv_fault_va();
    if (!(frame->error & ERROR_PRESENT) && on_demand(va)) {
        current->faults++;
        space_map_new_page(current->directory, va & -PAGE);
        return;
    }
    print("kernel: page fault in ring %u, %s of %x, error %u (%s): program ended\n", frame->cs & 3,
            frame->error & ERROR_WRITE ? "write" : "read", va, frame->error,
            frame->error & ERROR_PRESENT ? "protection" : "no page");
    end_current(frame, EXIT_KILLED + VECTOR_PF);
}

void process_interrupt(struct frame *frame) {
    if (frame->vector == SYSTEM_CALL_VECTOR) {
        system_call(frame);
    } else if (frame->vector == VECTOR_PF) {
        page_fault(frame);
    } else if (frame->vector == VECTOR_GP) {
        print("kernel: general protection fault in ring %u, error %u: program ended\n", frame->cs & 3, frame->error);
        end_current(frame, EXIT_KILLED + VECTOR_GP);
    } else {
        print("kernel: exception %u in ring %u, error %u: program ended\n", frame->vector, frame->cs & 3, frame->error);
        end_current(frame, EXIT_KILLED + frame->vector);
    }
}

void process_timer(struct frame *frame) {
    switch_away(frame);
}
