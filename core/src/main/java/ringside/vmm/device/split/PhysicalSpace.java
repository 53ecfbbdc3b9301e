package ringside.vmm.device.split;

import ringside.machine.bus.Dma;

/** Addresses are PAs of the guest's RAM: the back end trusts the guest with all of its own memory, and nothing else. */
final class PhysicalSpace implements BufferSpace {
    private final Dma memory;

    PhysicalSpace(Dma memory) {
        this.memory = memory;
    }

    @Override
    public void open(long address, long length, boolean write, Area area) throws FrontEndFault {
        boolean reachable = address >>> 32 == 0 && length <= Integer.MAX_VALUE && address + length <= 1L << 32;
        if (!reachable || !memory.isRam((int) address, (int) length)) {
            throw new FrontEndFault("%d bytes at PA %08x are not all RAM of the guest", length, address);
        }
        area.add((int) address, (int) length);
    }

    @Override
    public void release(Area area) {
        area.clear();
    }
}
