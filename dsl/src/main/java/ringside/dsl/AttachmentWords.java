package ringside.dsl;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import ringside.error.NearMiss;
import ringside.error.RingsideException;
import ringside.guest.ImageFile;
import ringside.lab.Attachment;
import ringside.machine.devices.disk.DiskBacking;

/** {@code disk} and {@code nic} of a server block: each is checked where it stands. */
final class AttachmentWords {
    static final String DISK = "disk 'data', size: 4.MiB, or disk 'data', image: 'file.img', number: 1";
    static final String NIC = "nic 'lan'";

    private static final Set<String> NAMED = new TreeSet<>(List.of("size", "image", "number"));

    static {
        NAMED.addAll(TermsWords.NAMED);
    }

    private static final int MOST_MIB = 256, MOST_NUMBER = 15;

    private final List<Attachment> attachments = new ArrayList<>();

    List<Attachment> all() {
        return attachments;
    }

    void nic(String name) {
        refuseTaken(name);
        long before = attachments.stream()
                .filter(Attachment.Adapter.class::isInstance)
                .count();
        attachments.add(new Attachment.Adapter(
                name, (int) before, ScriptContext.current().network(name)));
    }

    void disk(String name, Map<String, ?> named) {
        for (String key : named.keySet()) {
            if (!NAMED.contains(key)) {
                throw new RingsideException(
                        "unknown setting '" + key + "' in disk",
                        "",
                        NearMiss.hint(key, NAMED, "known: " + String.join(", ", NAMED)));
            }
        }
        refuseTaken(name);
        Optional<ImageFile> image = image(name, named.get("image"));
        Object size = named.get("size");
        if (image.isEmpty() == (size == null)) {
            throw new RingsideException(
                    "disk '" + name + "' has " + (size == null ? "neither" : "both") + " size and image",
                    "",
                    "write " + DISK);
        }
        int bytes = image.map(AttachmentWords::wholeSectors).orElseGet(() -> size(name, size));
        Optional<Attachment.Terms> terms = TermsWords.of(name, named, ScriptContext.current());
        if (image.isPresent() && terms.flatMap(Attachment.Terms::storage).isPresent()) {
            throw new RingsideException(
                    "disk '" + name + "' has an image and lies on a storage",
                    "",
                    "give it one of the two: what is on the storage is its content");
        }
        attachments.add(new Attachment.Drive(name, number(name, named.get("number")), bytes, image, terms));
    }

    private void refuseTaken(String name) {
        if (attachments.stream().anyMatch(one -> one.name().equals(name))) {
            throw new RingsideException(
                    "something named '" + name + "' is attached already", "", "choose another name");
        }
    }

    /** The file, which lies beside the script or where its name says from there. */
    private static Optional<ImageFile> image(String disk, Object file) {
        if (file == null) {
            return Optional.empty();
        }
        if (!(file instanceof CharSequence)) {
            throw new RingsideException(
                    "the image of disk '" + disk + "' is " + Block.kinds(new Object[] {file}),
                    "",
                    "write its file's name in quotes");
        }
        ImageFile image = ImageFile.read(Path.of(ScriptContext.current().file).resolveSibling(file.toString()));
        if (image.length() == 0) {
            throw image.refuse("the disk image is empty", "give one of at least one sector");
        }
        return Optional.of(image);
    }

    private static int wholeSectors(ImageFile image) {
        return (image.length() + DiskBacking.SECTOR - 1) / DiskBacking.SECTOR * DiskBacking.SECTOR;
    }

    private static int size(String disk, Object size) {
        boolean whole = size instanceof Integer || size instanceof Long;
        long bytes = whole ? ((Number) size).longValue() : -1;
        if (bytes < DiskBacking.SECTOR || bytes % DiskBacking.SECTOR != 0 || bytes > (long) MOST_MIB << 20) {
            throw new RingsideException(
                    "disk '" + disk + "' cannot have a size of "
                            + (whole ? bytes + " bytes" : Block.kinds(new Object[] {size})),
                    "",
                    "give whole sectors of " + DiskBacking.SECTOR + " bytes, up to " + MOST_MIB + " MiB: size: 4.MiB");
        }
        return (int) bytes;
    }

    /** The number that was asked for, or the first that is free. */
    private int number(String disk, Object asked) {
        List<Integer> taken = new ArrayList<>();
        for (Attachment attachment : attachments) {
            if (attachment instanceof Attachment.Drive drive) {
                taken.add(drive.number());
                if (asked != null && asked.equals(drive.number())) {
                    throw new RingsideException(
                            "disk '" + disk + "' has number " + asked + ", and so has disk '" + drive.name() + "'",
                            "",
                            "give each disk a number of its own");
                }
            }
        }
        if (asked == null) {
            int free = 0;
            while (taken.contains(free)) {
                free++;
            }
            return free;
        }
        if (!(asked instanceof Integer number) || number < 0 || number > MOST_NUMBER) {
            throw new RingsideException(
                    "disk '" + disk + "' cannot have number " + asked, "", "numbers are 0 to " + MOST_NUMBER);
        }
        return number;
    }
}
