package ringside.dsl.source;

/** What the scanner must know of the instruction set to tell an instruction from Groovy. */
public interface Vocabulary {
    boolean isMnemonic(String word);

    boolean isRegister(String word);
}
