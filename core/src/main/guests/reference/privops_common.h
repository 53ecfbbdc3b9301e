/* Privileged operations that are the same instructions everywhere: ports, which a VMM that owns them serves by trap. */
#ifndef PRIVOPS_COMMON_H
#define PRIVOPS_COMMON_H

#include "types.h"

struct table_pointer {
    u16 limit;
    u32 base;
} __attribute__((packed));

static inline u16 priv_in16(u16 port) {
    u16 value;
    __asm__ volatile("inw %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline u8 priv_in8(u16 port) {
    u8 value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline void priv_out8(u16 port, u8 value) {
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

#endif
