package ringside.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import ringside.machine.memory.PhysicalMemory;

/** Decoded blocks by machine address, and by page so that a write finds what it spoils. */
final class BlockCache {
    private static final int SLOTS = 1 << 15;

    private final PhysicalMemory memory;
    private final Block[] slots = new Block[SLOTS];
    private final Map<Integer, List<Block>> pages = new HashMap<>();

    /** Blocks decoded since the start. */
    long built;
    /** Blocks dropped because their bytes changed. */
    long invalidated;

    BlockCache(PhysicalMemory memory) {
        this.memory = memory;
    }

    private static int slot(int ma, int mode) {
        return (ma ^ ma >>> 13 ^ mode << 12) & SLOTS - 1;
    }

    /** The block at {@code ma} for {@code mode}, or null. */
    Block find(int ma, int mode) {
        Block block = slots[slot(ma, mode)];
        return block != null && block.ma == ma && block.mode == mode && block.valid ? block : null;
    }

    void add(Block block) {
        built++;
        int slot = slot(block.ma, block.mode);
        Block evicted = slots[slot];
        if (evicted != null && evicted.valid) {
            forget(evicted);
        }
        slots[slot] = block;
        link(block.ma, block);
        if (block.secondPage >= 0) {
            link(block.secondPage, block);
        }
    }

    private void link(int ma, Block block) {
        List<Block> blocks = pages.get(ma >>> 12);
        if (blocks == null) {
            blocks = new ArrayList<>();
            pages.put(ma >>> 12, blocks);
            memory.markCode(ma, true);
        }
        blocks.add(block);
    }

    private void forget(Block block) {
        block.valid = false;
        unlink(block.ma, block);
        if (block.secondPage >= 0) {
            unlink(block.secondPage, block);
        }
    }

    private void unlink(int ma, Block block) {
        List<Block> blocks = pages.get(ma >>> 12);
        blocks.remove(block);
        if (blocks.isEmpty()) {
            pages.remove(ma >>> 12);
            memory.markCode(ma, false);
        }
    }

    /** Drops the blocks that hold any of the bytes about to change. */
    void invalidate(int ma, int size) {
        List<Block> blocks = pages.get(ma >>> 12);
        if (blocks == null) {
            return;
        }
        for (Block block : List.copyOf(blocks)) {
            if (block.overlaps(ma, size)) {
                invalidated++;
                forget(block);
            }
        }
    }
}
