/**
 * From the text of a script to what Groovy compiles.
 *
 * <p>{@link ringside.dsl.source.SourceRewriter} works on tokens, finds the statements that are assembler, and makes them
 * calls without moving a line; {@link ringside.dsl.source.AssemblerTransformation} works on the AST that Groovy makes of
 * those calls. A statement is assembler if it begins with a mnemonic, prefix or directive and goes on like one, anywhere in
 * a script; inside assembler blocks every other word with operands is taken for a macro of the script or for a misspelt
 * instruction too. Names that the script declares are never taken.
 *
 * <p>Which words are instructions and registers comes from outside ({@link ringside.dsl.source.Vocabulary}).
 */
package ringside.dsl.source;
