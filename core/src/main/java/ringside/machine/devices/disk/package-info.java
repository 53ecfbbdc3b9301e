/**
 * Where the sectors of a disk live: memory, a file, or changes kept beside either.
 *
 * <p>A <em>backing</em> keeps sectors of 512 bytes; a <em>fault</em> is a sector that it cannot read or write. The drive
 * in front turns a fault into the error its guest knows, and its message into one for the user.
 *
 * <p>Invariants: a write that returned is found by every later read, whoever makes it, so a drive that acknowledges only
 * then loses nothing when its machine is stopped; a write that failed part of the way may have changed the sectors before
 * the failing one, as on a real disk. Snapshots carry what lies in the machine (memory, changed sectors) and never a
 * file's content.
 *
 * <p>Why an interface and no class: schedulers, throttles, error injection and drivers of other machines stand between a
 * guest's disk and its content, and all of them are backings of backings.
 */
package ringside.machine.devices.disk;
