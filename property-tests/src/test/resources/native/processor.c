/*
 * Executes single instructions on the processor at hand, in ring 3, in 32-bit code, with given registers and memory.
 *
 * A batch on stdin is a count and that many cases; the answer on stdout is that many results. Each case is entered by
 * returning from a signal handler with its registers in the frame; the exception that ends it (single step, or whatever
 * the instruction raises) is the next signal, whose frame holds the result. One signal a case.
 *
 * Memory, from the address given as first argument: two writable pages, a read-only page, a hole, a page of code, a
 * hole. The writable pages hold a fixed pattern before each case; what an instruction changed in them is reported.
 * The program itself is linked far above (see the test for the command line).
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#define PAGE 4096
#define BATCH 8192
#define LISTED 11

struct test_case {
    uint32_t r[8], eflags, eip, ds, es, fs, gs, patch[2];
    uint8_t code[20], bytes[2][8];
};

struct result {
    uint32_t r[8], eflags, eip, cs, ss, ds, es, fs, gs, vector, error, cr2, changes, hash, listed[LISTED];
};

static struct test_case cases[BATCH];
static struct result results[BATCH];
static uint32_t pattern[2 * PAGE / 4];
static uint32_t *window;
static uint32_t base, count, current;
static int running;
static greg_t resume[NGREG];
static uint8_t stack[65536] __attribute__((aligned(4096)));

/* Encoding order EAX ECX EDX EBX ESP EBP ESI EDI. */
static const int order[8] = {REG_EAX, REG_ECX, REG_EDX, REG_EBX, REG_ESP, REG_EBP, REG_ESI, REG_EDI};

static void fill_pattern(void)
{
    uint32_t x = 12345;
    for (int i = 0; i < 2 * PAGE / 4; i++) {
        x = x * 1664525 + 1013904223;
        pattern[i] = x ^ x >> 15;
    }
}

/* Puts the registers, code and memory of the current case in place. */
static void enter(greg_t *g)
{
    const struct test_case *c = &cases[current];
    uint32_t end = base + 5 * PAGE;
    uint32_t n = end - c->eip < sizeof c->code ? end - c->eip : sizeof c->code;
    for (uint32_t i = 0; i < n; i++)
        ((volatile uint8_t *)c->eip)[i] = c->code[i];
    for (int k = 0; k < 2; k++)
        for (int i = 0; i < 8; i++)
            ((volatile uint8_t *)window)[c->patch[k] + i] = c->bytes[k][i];
    for (int i = 0; i < 8; i++)
        g[order[i]] = c->r[i];
    g[REG_EFL] = c->eflags;
    g[REG_EIP] = c->eip;
    g[REG_CS] = 0x23;
    g[REG_SS] = 0x2b;
    g[REG_DS] = c->ds;
    g[REG_ES] = c->es;
    g[REG_FS] = c->fs;
    g[REG_GS] = c->gs;
}

/* Lists what changed against the pattern and puts the pattern back. */
static void changes(struct result *r)
{
    r->changes = 0;
    r->hash = 0;
    for (int i = 0; i < 2 * PAGE / 4; i++) {
        uint32_t difference = window[i] ^ pattern[i];
        if (difference == 0)
            continue;
        for (int k = 0; k < 4; k++) {
            uint32_t entry = (uint32_t)(i * 4 + k) << 8 | (window[i] >> 8 * k & 0xff);
            if ((difference >> 8 * k & 0xff) == 0)
                continue;
            if (r->changes < LISTED)
                r->listed[r->changes] = entry;
            r->changes++;
            r->hash = r->hash * 31 + entry;
        }
        window[i] = pattern[i];
    }
}

static void leave(const ucontext_t *u)
{
    const greg_t *g = u->uc_mcontext.gregs;
    struct result *r = &results[current];
    for (int i = 0; i < 8; i++)
        r->r[i] = g[order[i]];
    r->eflags = g[REG_EFL];
    r->eip = g[REG_EIP];
    r->cs = g[REG_CS] & 0xffff;
    r->ss = g[REG_SS] & 0xffff;
    r->ds = g[REG_DS] & 0xffff;
    r->es = g[REG_ES] & 0xffff;
    r->fs = g[REG_FS] & 0xffff;
    r->gs = g[REG_GS] & 0xffff;
    r->vector = g[REG_TRAPNO];
    r->error = g[REG_ERR];
    r->cr2 = u->uc_mcontext.cr2;
    changes(r);
}

static void handler(int signal, siginfo_t *info, void *context)
{
    ucontext_t *u = context;
    greg_t *g = u->uc_mcontext.gregs;
    (void)signal;
    (void)info;
    /* alignment checks and NT of the case must not reach the kernel's way back */
    __asm__ volatile("pushl $0x202\n popfl" ::: "cc", "memory");
    if (!running) {
        for (int i = 0; i < NGREG; i++)
            resume[i] = g[i];
        running = 1;
    } else {
        leave(u);
        current++;
    }
    if (current < count) {
        enter(g);
    } else {
        for (int i = 0; i < NGREG; i++)
            g[i] = resume[i];
        running = 0;
    }
}

static void map(void)
{
    int fixed = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE | MAP_POPULATE;
    uint8_t *data = mmap((void *)base, 3 * PAGE, PROT_READ | PROT_WRITE, fixed, -1, 0);
    uint8_t *code = mmap((void *)(base + 4 * PAGE), PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, fixed, -1, 0);
    if (data != (uint8_t *)base || code != (uint8_t *)(base + 4 * PAGE)) {
        perror("no memory at the address wanted");
        exit(2);
    }
    window = (uint32_t *)data;
    memcpy(window, pattern, sizeof pattern);
    memcpy((uint8_t *)window + 2 * PAGE, pattern, PAGE);
    mprotect(data + 2 * PAGE, PAGE, PROT_READ);
}

static void transfer(int out, void *data, size_t length)
{
    uint8_t *at = data;
    while (length > 0) {
        ssize_t n = out ? write(1, at, length) : read(0, at, length);
        if (n <= 0)
            exit(out ? 3 : 0);
        at += n;
        length -= n;
    }
}

int main(int argc, char **argv)
{
    static const int signals[] = {SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGILL};
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    base = argc > 1 ? strtoul(argv[1], 0, 0) : 0x8000;
    fill_pattern();
    map();
    sigfillset(&action.sa_mask);
    sigaltstack(&alternate, 0);
    for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, 0);
    for (;;) {
        transfer(0, &count, sizeof count);
        if (count == 0 || count > BATCH)
            return 0;
        transfer(0, cases, count * sizeof *cases);
        current = 0;
        __asm__ volatile("int3" ::: "memory");
        transfer(1, results, count * sizeof *results);
    }
}
