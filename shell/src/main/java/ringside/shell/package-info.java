/**
 * The program: {@code main}, every command, and the interactive shell.
 *
 * <p>A <em>command</em> is one {@link ringside.shell.Command}: its word, its one-line summary, its operands, its options
 * and what it does, in one class, listed by one line in {@link ringside.shell.Commands}. Help texts and the completeness
 * test derive from that. A <em>session</em> ({@link ringside.shell.Session}) is what the interactive shell works on: one
 * loaded guest on one bare machine, plain Java without a terminal, so that tests drive it directly.
 *
 * <p>Invariants: stdout carries results only, the same bytes each time; progress and messages go to stderr. A
 * {@link ringside.error.RingsideException} becomes one message without a stack trace; anything else that escapes is a
 * defect of Ringside and says so. Exit statuses are {@link ringside.shell.ExitStatus}.
 */
package ringside.shell;
