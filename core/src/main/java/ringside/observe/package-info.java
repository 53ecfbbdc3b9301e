/**
 * Events and counters: how a layer tells what it did without knowing who listens.
 *
 * <p>An <em>event</em> is a record declared by the layer in which it happens; a <em>sink</em> takes events;
 * <em>counters</em> are the sink that everybody needs. Nothing here knows what an exit or a hidden fault is, so the
 * package can stand beneath all others.
 *
 * <p>Invariants: counts are exact; their order is that of declaration or first use, never that of a hash; a sink never
 * changes what it watches.
 */
package ringside.observe;
