/**
 * The laboratory: one guest under several settings, compared, explained and shown.
 *
 * <p>An {@link ringside.lab.ExperimentSpec} names a guest, the server it runs on and the settings it runs under. Running
 * it gives a result: per setting why and where the guest stopped, what its checkpoints saw and what it cost; and for each
 * setting but the reference whether it was <em>equivalent</em> to {@code bare} and, where it was not, the first
 * instruction at which the homomorphism broke (the <em>culprit</em>), the first guest-visible value that differed (the
 * <em>observation</em>) and the rule of the manual that explains it.
 *
 * <p>Beside <em>equivalent</em> each run has the other two verdicts of Popek and Goldberg's theorem: <em>controlled</em>,
 * whether the VMM kept timer, ports and memory, as the real machine shows it ({@link ringside.vmm.spi.ResourceControl}),
 * and <em>efficient</em>, the share of guest instructions that the real processor executed. A {@link
 * ringside.lab.Comparison} runs one guest under every legal setting; a mode says itself where guest code is exposed to an
 * outer ring ({@code Mode.exposes}), and only there may a rule of the manual excuse a difference. What parts can be written
 * as a script of bytes and entry state ({@link ringside.lab.Reproduction}) that shows it again.
 *
 * <p>A guest may have two forms, a native and a ported one ({@code GuestImage.ported}); a mode picks the one it runs, and
 * where that is not bare's, {@link ringside.lab.PortedComparison} compares what the two have in common: checkpoint values,
 * requests to devices, consoles, the end, ring 3. There is no lock step between them. Interrupts are pinned to a tick of
 * virtual time ({@link ringside.lab.Pin}), which is the same instruction only where the same code runs, or to markers of
 * the image ({@code guest.Marker}), which are the same place in both forms.
 *
 * <p>A {@link ringside.lab.HostSpec} puts several guests on one server ({@code ringside.host}) and reports what each was
 * given. One that is to be <em>undisturbed</em> is run again on the same server with the others there but never given a
 * turn, so that it has the same machine frames; then all that it could see but timing must be the same. A {@link
 * ringside.lab.NetworkSpec} is what adapters of its name are plugged into.
 *
 * <p>An {@link ringside.lab.Explanation} is a guest run to a place, where the road of an address can be followed ({@link
 * ringside.lab.road}) and the heat read; an experiment asks for some by {@link ringside.lab.Question} and has them in its
 * result.
 *
 * <p>Invariants: a result is a function of the specification alone, so the printed table and the JSON have the same bytes
 * each time; looking (checkpoints, lock step, comparison) changes nothing that a guest could see.
 */
package ringside.lab;
