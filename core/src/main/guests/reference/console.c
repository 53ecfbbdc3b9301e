#include <stdarg.h>

#include "kernel.h"
#include "privops.h"

#ifdef PARAVIRTUAL

#define COLLECTED 128

static char collected[COLLECTED];
static u32 length_collected;

/* Hands over what was collected. */
static void flush(void) {
    console_send(collected, length_collected);
    length_collected = 0;
}

static void put(char c) {
    collected[length_collected++] = c;
    if (length_collected == COLLECTED) {
        flush();
    }
}

#else

#define COM1 0x3f8
#define LINE_STATUS (COM1 + 5)
#define HOLDING_REGISTER_EMPTY 0x20

void console_init(void) {
    priv_out8(COM1 + 1, 0x00); /* no interrupts */
    priv_out8(COM1 + 3, 0x80); /* divisor latch */
    priv_out8(COM1 + 0, 0x01); /* 115200 baud */
    priv_out8(COM1 + 1, 0x00);
    priv_out8(COM1 + 3, 0x03); /* 8 bits, no parity, one stop bit */
    priv_out8(COM1 + 2, 0x07); /* FIFOs on and empty */
    priv_out8(COM1 + 4, 0x03); /* DTR, RTS */
}

static void put(char c) {
    while (!(priv_in8(LINE_STATUS) & HOLDING_REGISTER_EMPTY)) {
    }
    priv_out8(COM1, (u8) c);
}

/* Each character is on its way at once. */
static inline void flush(void) {
}

#endif

void print_bytes(const char *text, u32 length) {
    while (length-- > 0) {
        put(*text++);
    }
    flush();
}

static void put_string(const char *text) {
    while (*text) {
        put(*text++);
    }
}

static void put_decimal(u32 value) {
    if (value >= 10) {
        put_decimal(value / 10);
    }
    put((char) ('0' + value % 10));
}

static void put_hex(u32 value) {
    for (int shift = 28; shift >= 0; shift -= 4) {
        put("0123456789abcdef"[value >> shift & 15]);
    }
}

void print(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    for (; *format; format++) {
        if (*format != '%') {
            put(*format);
            continue;
        }
        switch (*++format) {
            case 's': put_string(va_arg(arguments, const char *)); break;
            case 'u': put_decimal(va_arg(arguments, u32)); break;
            case 'x': put_hex(va_arg(arguments, u32)); break;
            default: put((char) va_arg(arguments, int)); break;
        }
    }
    va_end(arguments);
    flush();
}
