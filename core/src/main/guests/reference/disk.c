/*
 * Drivers for the first disk, compiled in with DISKS: a split one (virtio-blk behind virtio-mmio) or the master of the
 * first IDE channel by its data port, whatever answers. Sector 0 is read and its sum printed; no disk, no word. All is
 * done by looking, without interrupts, before paging is on.
 */
#include "kernel.h"
#include "privops.h"

#define SECTOR 512

static u16 sector[SECTOR / 2];

static u32 sum(void) {
    u32 value = 0;
    for (u32 i = 0; i < SECTOR / 2; i++) {
        value = (value << 1 | value >> 31) + sector[i];
    }
    return value;
}

static void tell(const char *driver, u32 sectors) {
    print("disk: %s, %u sectors, sum of the first %x\n", driver, sectors, sum());
}

/* ---- IDE */

#define IDE 0x1f0
#define CONTROL 0x3f6
#define NO_INTERRUPT 2
#define BUSY 0x80
#define READY_FOR_DATA 0x08
#define IDENTIFY 0xec
#define READ_SECTORS 0x20

/* One sector that the command brings; whether it came. */
static int ide_read(u8 command) {
    priv_out8(IDE + 2, 1);
    priv_out8(IDE + 3, 0);
    priv_out8(IDE + 4, 0);
    priv_out8(IDE + 5, 0);
    priv_out8(IDE + 7, command);
    u8 status;
    while ((status = priv_in8(IDE + 7)) & BUSY) {
    }
    if (!(status & READY_FOR_DATA)) {
        return 0;
    }
    for (u32 i = 0; i < SECTOR / 2; i++) {
        sector[i] = priv_in16(IDE);
    }
    return 1;
}

static int ide(void) {
    priv_out8(IDE + 6, 0xe0);
    u8 status = priv_in8(IDE + 7);
    if (status == 0 || status == 0xff) {
        return 0;
    }
    priv_out8(CONTROL, NO_INTERRUPT);
    if (!ide_read(IDENTIFY)) {
        return 0;
    }
    u32 sectors = sector[60] | (u32) sector[61] << 16;
    if (!ide_read(READ_SECTORS)) {
        return 0;
    }
    tell("ide", sectors);
    return 1;
}

/* ---- virtio-blk */

#define FIRST_CARD 0xfe000000u
#define CARDS 16
#define MAGIC 0x74726976
#define BLOCK 2
#define ENTRIES 4
#define NEXT 1
#define WRITE 2

enum {
    VERSION = 1,
    DEVICE = 2,
    FEATURES = 8,
    FEATURES_SELECT = 9,
    QUEUE = 12,
    QUEUE_SIZE = 14,
    QUEUE_READY = 17,
    NOTIFY = 20,
    STATUS = 28,
    TABLE = 32,
    AVAILABLE = 36,
    USED = 40,
    CONFIGURATION = 64
};

struct descriptor {
    u32 pa, pa_high, length;
    u16 flags, next;
};

static struct {
    struct descriptor table[ENTRIES];
    u16 available_flags, available_index, available[ENTRIES + 2];
    u32 used[1 + 2 * ENTRIES + 1]; /* flags and index in the first word */
    u32 header[4];
    u8 status;
} volatile queue __attribute__((aligned(64)));

static void describe(u32 index, volatile void *start, u32 length, u16 flags) {
    queue.table[index].pa = (u32) start;
    queue.table[index].length = length;
    queue.table[index].flags = flags;
    queue.table[index].next = (u16) (index + 1);
}

static int virtio_read(volatile u32 *card) {
    card[STATUS] = 0;
    card[STATUS] = 1;
    card[STATUS] = 3;
    card[FEATURES_SELECT] = 1;
    card[FEATURES] = 1; /* VERSION_1 */
    card[STATUS] = 11;
    if (!(card[STATUS] & 8)) {
        return 0;
    }
    card[QUEUE] = 0;
    card[QUEUE_SIZE] = ENTRIES;
    card[TABLE] = (u32) queue.table;
    card[AVAILABLE] = (u32) &queue.available_flags;
    card[USED] = (u32) queue.used;
    card[QUEUE_READY] = 1;
    card[STATUS] = 15;
    describe(0, queue.header, sizeof queue.header, NEXT);
    describe(1, sector, SECTOR, NEXT | WRITE);
    describe(2, &queue.status, 1, WRITE);
    queue.status = 0xff;
    queue.available[0] = 0;
    queue.available_index = 1;
    card[NOTIFY] = 0;
    while (queue.used[0] >> 16 != 1) {
    }
    return queue.status == 0;
}

static int virtio(void) {
    for (u32 i = 0; i < CARDS; i++) {
        volatile u32 *card = (volatile u32 *) (FIRST_CARD + i * PAGE);
        if (card[0] == MAGIC && card[VERSION] == 2 && card[DEVICE] == BLOCK) {
            if (!virtio_read(card)) {
                return 0;
            }
            tell("virtio-blk", card[CONFIGURATION]);
            return 1;
        }
    }
    return 0;
}

void disk_init(void) {
    if (!virtio()) {
        ide();
    }
}
