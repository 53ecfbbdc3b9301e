/**
 * The local APIC, the I/O APIC and the bus between them (SDM vol. 3, ch. 11; Intel 82093AA).
 *
 * <p>A <em>pin</em> of the I/O APIC is an interrupt line with a redirection entry; a request travels over the <em>bus</em>
 * to the local APICs it is addressed to, physically by id or logically by mask. A local APIC holds requests (IRR), those
 * in service (ISR) and remembers which were levels (TMR), whose end it broadcasts so that the pin may ask again
 * (<em>remote IRR</em>).
 *
 * <p>Invariants: a vector is delivered only above the processor's priority class, TPR or what is in service, whichever is
 * higher; a level is sent once until its EOI; the timer counts virtual time, so it fires at an exact tick. Without the
 * APIC feature the 8259's output goes to the processor as it does through a local APIC that nobody touched (virtual wire).
 *
 * <p>Not built, because no wire of the board leads there: NMI, SMI, INIT and start-up messages; they are accepted and go
 * nowhere.
 */
package ringside.machine.devices.apic;
