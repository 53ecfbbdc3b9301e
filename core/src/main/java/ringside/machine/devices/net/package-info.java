/**
 * Ethernet: a network adapter, the switch between adapters, and a record of what passed.
 *
 * <p>An <em>adapter</em> ({@code Rtl8139}) has a <em>port</em>, the end of its cable, on its machine's clock; a
 * <em>switch</em> joins ports, of one machine or of several, learns which address is where, and lets each frame take the
 * time that its length, the bandwidth and the latency ask for; a <em>behaviour</em> may lose, double, change, hold up or
 * answer frames. A <em>capture</em> is a pcap file with virtual times.
 *
 * <p>Invariants: a frame that was sent at a tick arrives at a tick that follows from it and from what went before, never
 * from the wall clock; frames of one port arrive in their order, but for those that are held up; a receiver whose machine is already past that tick gets
 * the frame at its next boundary; nothing is delivered while a machine stands still. Frames are at least 60 bytes, without
 * their check sequence; the adapter shows its guest the check sequence too.
 *
 * <p>Why an RTL8139: its data sheet is short and public, its rings and its DMA are few registers, and every system has a
 * driver for it.
 */
package ringside.machine.devices.net;
