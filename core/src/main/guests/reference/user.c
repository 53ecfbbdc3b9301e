/* The user programs, all in one image: EAX at entry says which one to be, ECX how often, EDX how many ticks to see. */
#include "layout.h"
#include "workloads.h"

#define LOOPS_WITHOUT_TICK 10000000u
#define COPY_SIZE 65536u
#define DEMAND_USED 64u
#define CHILDREN 6u
#define KERNEL_VA 0x100000u

static u8 source[COPY_SIZE], target[COPY_SIZE];
static u32 shared_or_not = 1;

static u32 system_call(u32 number, u32 first, u32 second) {
    u32 result;
    __asm__ volatile("int %1" : "=a"(result) : "i"(SYSTEM_CALL_VECTOR), "a"(number), "b"(first), "c"(second) : "memory");
    return result;
}

void *memcpy(void *to, const void *from, u32 length) {
    void *start = to;
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(length) : : "memory");
    return start;
}

void *memset(void *to, int value, u32 length) {
    void *start = to;
    __asm__ volatile("rep stosb" : "+D"(to), "+c"(length) : "a"(value) : "memory");
    return start;
}

static void say(const char *text) {
    u32 length = 0;
    while (text[length]) {
        length++;
    }
    system_call(SYS_WRITE, (u32) text, length);
}

static void say_number(u32 value) {
    char digits[11];
    u32 at = sizeof digits - 1;
    digits[at] = 0;
    do {
        digits[--at] = (char) ('0' + value % 10);
        value /= 10;
    } while (value);
    say(digits + at);
}

static void say_hex(u32 value) {
    char digits[9] = {0};
    for (u32 i = 0; i < 8; i++) {
        digits[i] = "0123456789abcdef"[value >> (28 - 4 * i) & 15];
    }
    say(digits);
}

/* "name: N words\n", a number a call. */
static void say_count(const char *before, u32 number, const char *after) {
    say(before);
    say_number(number);
    say(after);
}

static void run_sieve(u32 repeat) {
    say_count("sieve: ", sieve(repeat), " primes");
    say_count(" below ", SIEVE_LIMIT, "\n");
}

static void run_sha256(u32 repeat) {
    u32 digest[8];
    sha256_of_pattern(repeat, digest);
    say("sha256: ");
    for (u32 i = 0; i < 8; i++) {
        say_hex(digest[i]);
    }
    say("\n");
}

static void run_memcpy(u32 repeat) {
    u32 differing = 0;
    while (repeat-- > 0) {
        for (u32 i = 0; i < COPY_SIZE; i++) {
            source[i] = (u8) (i ^ i >> 5);
        }
        memcpy(target, source, COPY_SIZE);
        memcpy(target + 3, source, COPY_SIZE - 3);
        for (u32 i = 3; i < COPY_SIZE; i++) {
            differing += target[i] != source[i - 3];
        }
    }
    say_count("memcpy: ", COPY_SIZE, " bytes copied, ");
    say_count("", differing, " differ\n");
}

/* Writes into each page of a region that has none yet, and reads it all back. */
static u32 fill_and_sum(void) {
    u32 sum = 0;
    for (u32 page = 0; page < DEMAND_USED; page++) {
        *(volatile u32 *) (DEMAND_BASE + page * PAGE + 8) += page * page;
    }
    for (u32 page = 0; page < DEMAND_USED; page++) {
        sum += *(volatile u32 *) (DEMAND_BASE + page * PAGE + 8);
    }
    return sum;
}

static void run_demand(u32 repeat) {
    u32 before = system_call(SYS_FAULTS, 0, 0);
    u32 first = 0, second = 0;
    for (u32 i = 0; i < repeat; i++) {
        first = fill_and_sum();
        second = fill_and_sum();
        system_call(SYS_UNMAP, DEMAND_BASE, DEMAND_USED);
    }
    u32 faults = system_call(SYS_FAULTS, 0, 0) - before;
    say_count("demand: ", faults, " pages filled on demand, ");
    say_count("sums ", first, "");
    say_count(" and ", second, "\n");
}

static void run_fork(u32 repeat) {
    u32 codes = 0, children = 0;
    while (repeat-- > 0) {
        for (u32 i = 1; i <= CHILDREN; i++) {
            if (system_call(SYS_FORK, 0, 0) == 0) {
                shared_or_not += i;
                system_call(SYS_YIELD, 0, 0);
                system_call(SYS_EXIT, shared_or_not, 0);
            }
        }
        for (u32 code; (code = system_call(SYS_WAIT, 0, 0)) != SYS_ERROR; children++) {
            codes += code;
        }
    }
    say_count("fork: ", children, " children");
    say_count(", sum of their codes ", codes, "");
    say_count(", the parent still has ", shared_or_not, "\n");
}

static void run_pagefault(void) {
    say("pagefault: ring 3 reads the kernel's memory\n");
    u32 value = *(volatile u32 *) KERNEL_VA;
    say_count("pagefault: it could, and found ", value, "\n");
}

static void run_protection(void) {
    say("protection: ring 3 disables interrupts\n");
    __asm__ volatile("cli");
    say("protection: it could\n");
}

/* Waits for ticks with nothing but loads and branches: only an interrupt in ring 3 can end the loop early. */
static u32 run_ticks(u32 wanted) {
    volatile u32 *ticks = (volatile u32 *) TICK_PAGE;
    for (u32 seen = 0; seen < wanted; seen++) {
        u32 before = *ticks;
        u32 loops = 0;
        while (*ticks == before) {
            if (++loops == LOOPS_WITHOUT_TICK) {
                say_count("ticks: no timer tick in ", LOOPS_WITHOUT_TICK / 1000000, " million loops in ring 3\n");
                return EXIT_NO_TICK;
            }
        }
    }
    say_count("ticks: ", wanted, " timer ticks seen in ring 3\n");
    return 0;
}

u32 user_main(u32 work, u32 repeat, u32 wanted_ticks) {
    switch (work) {
        case WORK_SIEVE: run_sieve(repeat); return 0;
        case WORK_SHA256: run_sha256(repeat); return 0;
        case WORK_MEMCPY: run_memcpy(repeat); return 0;
        case WORK_DEMAND: run_demand(repeat); return 0;
        case WORK_FORK: run_fork(repeat); return 0;
        case WORK_PAGEFAULT: run_pagefault(); return 0;
        case WORK_PROTECTION: run_protection(); return 0;
        default: return run_ticks(wanted_ticks);
    }
}
