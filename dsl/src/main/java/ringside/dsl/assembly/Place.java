package ringside.dsl.assembly;

import ringside.guest.SourceLine;

/** How messages name a place in a script: {@code popf.groovy, line 7}, without folders. */
public final class Place {
    private Place() {}

    public static String of(SourceLine at) {
        return of(at.file(), at.line());
    }

    public static String of(String file, int line) {
        return plain(file) + ", line " + line;
    }

    /** The file's name without its folders. */
    public static String plain(String file) {
        return file.substring(file.lastIndexOf('/') + 1);
    }
}
