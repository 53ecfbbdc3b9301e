/**
 * The language of scripts: Groovy with an assembler in it, and blocks that describe guests, servers, devices and
 * experiments.
 *
 * <p>A script is text until {@link ringside.dsl.ScriptRunner} runs it; what comes back is data of the layers below
 * ({@link ringside.guest.GuestImage}, {@code lab.ExperimentSpec}) and nothing of Groovy but the closures of devices.
 * Running experiments is the laboratory's work.
 *
 * <h2>How a script is read</h2>
 * <ol>
 *   <li>{@code dsl.source} rewrites assembler statements into calls, line for line, and refuses what Groovy would misread.
 *   <li>Groovy compiles the text; a transformation at CONVERSION, given to this one compilation, binds those calls to
 *       {@link ringside.dsl.Emitter} with their lines.
 *   <li>The script runs. Blocks configure objects ({@link ringside.dsl.GuestBlock}, {@link ringside.dsl.ServerBlock},
 *       {@link ringside.dsl.DeviceBlock}, {@link ringside.dsl.ExperimentBlock}); closures resolve DELEGATE_ONLY, so a word
 *       means what its block says or is refused with the nearest word known there.
 *   <li>At the end of {@code guest} {@code dsl.assembly} lays the code out and the image is made.
 * </ol>
 *
 * <h2>Two forms of a guest</h2>
 *
 * <p>A kernel that uses privileged operations ({@link ringside.dsl.Operations}) or hypercalls has a <em>native</em> form
 * and a <em>ported</em> one. Its block runs once; such a statement leaves a choice of two codes among the items, and the
 * layout is made twice. The ported image begins with a start that registers its tables with the VMM, and brings routines
 * for the virtual interrupt flag, returns and events ({@link ringside.dsl.Ported}). A mode picks the form it runs.
 *
 * <h2>Where a guest's parts lie</h2>
 * <table>
 * <caption>Physical addresses, unless {@code at:} or {@code org} says otherwise</caption>
 * <tr><td>00001000</td><td>GDT: 08 code, 10 data (ring 0); 1B code, 23 data (ring 3); 28 the task, where there is a tss</td></tr>
 * <tr><td>00002000</td><td>IDT, where interrupt or idt asks for it; else every interrupt is a triple fault</td></tr>
 * <tr><td>00003000</td><td>TSS, with tss</td></tr>
 * <tr><td>00004000</td><td>page directory and four tables, with paging true: the first 16 MiB onto themselves</td></tr>
 * <tr><td>00007C00</td><td>real: entered at 0000:7C00 in real mode, SP = 7C00</td></tr>
 * <tr><td>00009000</td><td>prologue: loads TR, switches paging on, jumps to the kernel; only with tss or paging</td></tr>
 * <tr><td>00090000</td><td>top of the kernel's stack</td></tr>
 * <tr><td>00091000</td><td>ported form: page shared with the VMM, hypercall page, routines</td></tr>
 * <tr><td>00100000</td><td>kernel: entered in flat 32-bit protected mode, ring 0, IF = 0, paging off</td></tr>
 * <tr><td>00140000</td><td>bodies of interrupt blocks</td></tr>
 * <tr><td>00180000</td><td>data</td></tr>
 * <tr><td>00200000</td><td>user: entered by enterUser in ring 3, stack below 00280000</td></tr>
 * </table>
 *
 * <p>Invariants: every error of a script is one {@link ringside.error.RingsideException} that names file and line; a script
 * that runs twice describes the same data twice; nothing here knows what a mode does.
 *
 * <p>Why a rewriter before a transformation: {@code int 0x80}, {@code push -1}, {@code .local:} or {@code jnz short x} never
 * reach an AST as what they are, and Groovy's message for them points elsewhere.
 */
package ringside.dsl;
