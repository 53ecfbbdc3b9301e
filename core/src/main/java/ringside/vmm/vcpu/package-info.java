/**
 * The virtual processor: the guest's own view of its CPU, and the software that carries out single instructions on it.
 *
 * <p>The <em>virtual state</em> is held in a second {@link ringside.machine.cpu.Cpu}, wired to the guest's platform and
 * to guest-physical memory (PA to MA by a {@link ringside.machine.bus.SystemBus} whose RAM is a window of machine
 * memory). Its MMU walks the guest's tables with the machine's one walker; its event delivery, far transfers and
 * instruction bodies are those of the machine. So nothing that an instruction does is written twice: emulating a guest
 * instruction means executing its row on the virtual state.
 *
 * <p>Invariants. The virtual state is plain software: it never is the state of the processor that runs the guest, and
 * setting a hidden segment part here loads nothing. What a VMM learns of the hardware it learns elsewhere, as ring-0
 * code could, and tells it here. An instruction retires here only when it was emulated; those that the hardware executed
 * are added by {@link ringside.vmm.vcpu.VirtualProcessor#credit}.
 */
package ringside.vmm.vcpu;
