package ringside.properties.paging;

/**
 * One part of a program.
 *
 * @param seed everything about it but its kind follows from this, and from the format of tables in force
 */
public record PagingPiece(PagingKind kind, long seed) {}
