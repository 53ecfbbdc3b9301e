package ringside.lab.generate;

/**
 * One independent part of a random program: whatever it does, the next one follows.
 *
 * @param shape what kind of code it is
 * @param user whether it runs in ring 3
 * @param seed everything else about it follows from this
 */
public record Piece(Shape shape, boolean user, long seed) {
    /** The code as it stands at {@code address}. */
    Code at(int address, boolean paging) {
        Code code = new Code(address);
        shape.emit(new Draw(code, new java.util.SplittableRandom(seed), user, paging));
        return code;
    }
}
