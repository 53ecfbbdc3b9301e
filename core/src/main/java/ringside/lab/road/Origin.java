package ringside.lab.road;

import java.util.Map;
import java.util.TreeMap;
import ringside.guest.GuestImage;

/** Where code comes from: its line in a script, or the label before it. */
final class Origin {
    private static final int FARTHEST = 0x1000;

    private final GuestImage image;
    private final TreeMap<Integer, String> labels = new TreeMap<>(Integer::compareUnsigned);

    Origin(GuestImage image) {
        this.image = image;
        image.symbols().forEach((name, la) -> labels.putIfAbsent(la, name));
    }

    /** {@code scripts/popf.groovy:6}, or {@code start+1c}; empty where neither is known. */
    String of(int la) {
        return image.lineAt(la).map(Object::toString).orElseGet(() -> label(la));
    }

    private String label(int la) {
        Map.Entry<Integer, String> before = labels.floorEntry(la);
        if (before == null || la - before.getKey() >= FARTHEST) {
            return "";
        }
        int offset = la - before.getKey();
        return before.getValue() + (offset == 0 ? "" : "+" + Integer.toHexString(offset));
    }
}
