/**
 * Trouble that is not a guest's: a user's mistake or a defect of Ringside.
 *
 * <p>Three channels for trouble are never mixed: {@code isa.GuestFault} is architectural and goes to the guest or its
 * VMM, a VM exit is a value for the VMM, and {@link ringside.error.RingsideException} is for the person at the
 * keyboard. It carries what is wrong, where, and what to do, as three parts, so that every layer phrases trouble the
 * same way and a test can hold the whole message. The lowest package beside {@code arch}: everybody may throw it, only
 * the outermost clients catch it.
 */
package ringside.error;
