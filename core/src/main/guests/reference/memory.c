#include "kernel.h"
#include "privops.h"

#define PTE_PRESENT 1u
#define PTE_WRITABLE 2u
#define PTE_USER 4u
#define ENTRIES 1024u
#define KERNEL_MEMORY_MAX 0x1000000u /* the kernel uses at most 16 MiB */
#define KERNEL_TABLES (KERNEL_MEMORY_MAX / PAGE / ENTRIES)
#define PAGE_OF(entry) ((entry) & -PAGE)

static u32 free_frames[KERNEL_MEMORY_MAX / PAGE];
static u32 free_count;
static u32 kernel_tables[KERNEL_TABLES];
static u32 tick_frame;

static u32 frame_new(void) {
    if (free_count == 0) {
        kernel_panic("out of page frames");
    }
    u32 pa = free_frames[--free_count];
    memset((void *) pa, 0, PAGE);
    return pa;
}

static void frame_free(u32 pa) {
    free_frames[free_count++] = pa;
}

static void table_free(u32 pa) {
    priv_becomes_page(pa);
    frame_free(pa);
}

static u32 *directory_entry(u32 directory, u32 va) {
    return (u32 *) directory + (va >> 22);
}

/* The PTE of va, or 0 where there is no table for it. */
static u32 *find_pte(u32 directory, u32 va) {
    u32 pde = *directory_entry(directory, va);
    return pde & PTE_PRESENT ? (u32 *) PAGE_OF(pde) + (va / PAGE % ENTRIES) : 0;
}

static u32 *make_pte(u32 directory, u32 va) {
    u32 *pde = directory_entry(directory, va);
    if (!(*pde & PTE_PRESENT)) {
        u32 table = frame_new();
        priv_becomes_table(table);
        priv_set_pte(pde, table | PTE_PRESENT | PTE_WRITABLE | PTE_USER);
    }
    return find_pte(directory, va);
}

/* Maps all memory one to one for the kernel, its own code and constants included, and turns paging on. */
void memory_init(u32 memory_end) {
    u32 first = ((u32) kernel_end + PAGE - 1) & -PAGE;
    u32 end = memory_end < KERNEL_MEMORY_MAX ? memory_end & -PAGE : KERNEL_MEMORY_MAX;
    for (u32 pa = end; pa > first; pa -= PAGE) {
        frame_free(pa - PAGE);
    }
    priv_begin_updates();
    for (u32 t = 0; t < KERNEL_TABLES; t++) {
        kernel_tables[t] = frame_new();
        for (u32 i = 0; i < ENTRIES; i++) {
            u32 pa = (t * ENTRIES + i) * PAGE;
            if (pa < end && pa != 0) { /* a null pointer faults */
                priv_set_pte((u32 *) kernel_tables[t] + i, pa | PTE_PRESENT | PTE_WRITABLE);
            }
        }
    }
    priv_end_updates();
    tick_frame = frame_new();
    priv_load_page_directory(space_new());
    priv_enable_paging();
}

void *page_of_ticks(void) {
    return (void *) tick_frame;
}

u32 space_new(void) {
    u32 directory = frame_new();
    priv_begin_updates();
    for (u32 t = 0; t < KERNEL_TABLES; t++) {
        priv_set_pte((u32 *) directory + t, kernel_tables[t] | PTE_PRESENT | PTE_WRITABLE);
    }
    priv_end_updates();
    priv_becomes_table(directory);
    return directory;
}

void space_map_new_page(u32 directory, u32 va) {
    u32 *pte = make_pte(directory, va);
    priv_set_pte(pte, frame_new() | PTE_PRESENT | PTE_WRITABLE | PTE_USER);
}

void space_map_read_only(u32 directory, u32 va, u32 pa) {
    priv_set_pte(make_pte(directory, va), pa | PTE_PRESENT | PTE_USER);
}

int space_has_page(u32 directory, u32 va) {
    u32 *pte = find_pte(directory, va);
    return pte && *pte & PTE_PRESENT;
}

/* Takes pages away again; frees those that were the space's own. */
void space_unmap(u32 directory, u32 va, u32 pages) {
    for (; pages-- > 0; va += PAGE) {
        u32 *pte = find_pte(directory, va);
        if (pte && *pte & PTE_PRESENT) {
            if (*pte & PTE_WRITABLE) {
                frame_free(PAGE_OF(*pte));
            }
            priv_set_pte(pte, 0);
            priv_flush_page(va);
        }
    }
}

void space_free(u32 directory) {
    for (u32 va = USER_BASE; va < USER_END; va += PAGE * ENTRIES) {
        u32 pde = *directory_entry(directory, va);
        if (pde & PTE_PRESENT) {
            space_unmap(directory, va, ENTRIES);
            table_free(PAGE_OF(pde));
        }
    }
    table_free(directory);
}

/* A copy whose writable pages are its own. */
u32 space_copy(u32 directory) {
    u32 copy = space_new();
    for (u32 table = USER_BASE; table < USER_END; table += PAGE * ENTRIES) {
        for (u32 va = table; *directory_entry(directory, table) && va < table + PAGE * ENTRIES; va += PAGE) {
            u32 pte = *find_pte(directory, va);
            if (pte & PTE_WRITABLE) {
                space_map_new_page(copy, va);
                memcpy((void *) PAGE_OF(*find_pte(copy, va)), (void *) PAGE_OF(pte), PAGE);
            } else if (pte & PTE_PRESENT) {
                space_map_read_only(copy, va, PAGE_OF(pte));
            }
        }
    }
    return copy;
}
