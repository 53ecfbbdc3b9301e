/**
 * The IOMMU: what stands between bus masters and memory, so that a guest can be given a device.
 *
 * <p>A device that a guest programs puts addresses of the guest's choice on the bus. With an IOMMU they are addresses of
 * a <em>domain</em>, not of the machine, and lead to memory by tables that the VMM keeps and the hardware walks: the
 * <em>root table</em> leads from the bus of a <em>requester</em> (bus, slot, function: 16 bits that come with each
 * access) to a <em>context table</em>, which names the requester's domain and its <em>directory</em>; from there two
 * levels of 1,024 entries for pages of 4 KiB. All of them lie in machine memory:
 *
 * <pre>
 * root table     256 x 4 bytes, by bus            bits 31-12 context table, bit 0 present
 * context table  256 x 8 bytes, by slot/function  bits 31-12 directory, bit 0 present; second half: the domain's number
 * directory      1024 x 4 bytes                   bits 31-12 table, bit 0 may be read, bit 1 may be written
 * table          1024 x 4 bytes                   bits 31-12 page, bit 0 may be read, bit 1 may be written
 * </pre>
 *
 * <p>An access needs its right in both levels; any other bit that is set is a fault too. What a walk found is kept in the
 * <em>IOTLB</em>, by domain and page, and the context of a requester in a cache beside it: whoever changes tables must
 * invalidate what was read from them, by the registers, or the old translation goes on.
 *
 * <p>An access that fails does nothing: a read gives ones, a write is lost. The <em>fault registers</em> keep who wanted
 * what and why not, and a message interrupts the VMM. The registers lie at {@link ringside.machine.iommu.Iommu#MA}.
 *
 * <p>The model is that of Intel's first VT-d (root and context entries, domain numbers, fault recording, register-based
 * invalidation), narrowed to 32 bits and two levels. Left out: queued invalidation, device TLBs, and the remapping of
 * interrupts. The last matters to a VMM in earnest: a message-signalled interrupt is a write to FEE00000h, and a guest
 * that makes its device write there can raise any vector. The devices of this machine raise lines instead, which no guest
 * can aim, and no domain maps that page.
 *
 * <p>Invariants: nothing here knows of virtual machines; the tables that are walked are the bytes in memory; with
 * translation on no requester without a context entry reaches anything.
 */
package ringside.machine.iommu;
