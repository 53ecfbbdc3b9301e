package ringside.dsl;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import ringside.error.RingsideException;
import ringside.guest.EntryState;
import ringside.guest.LoadSegment;

/** A guest given as bytes and entry state instead of as a program: what a reproducing script consists of. */
final class RawImage {
    static final Set<String> ENTRY = Set.of(
            "flat",
            "real",
            "code",
            "data",
            "stack",
            "gdt",
            "gdtLimit",
            "idt",
            "idtLimit",
            "cs",
            "ss",
            "ds",
            "registers");

    private static final int REGISTERS = 8, ESP = 4;

    private final List<LoadSegment> segments = new ArrayList<>();
    private EntryState entry;

    boolean entered() {
        return entry != null;
    }

    EntryState entryState() {
        return entry;
    }

    List<LoadSegment> segments() {
        return segments;
    }

    private void add(int pa, byte[] bytes, boolean rom) {
        segments.add(new LoadSegment(String.format("bytes %08x", pa), pa, bytes, rom));
    }

    void hex(int pa, String text) {
        String digits = text.replaceAll(";.*", "").replaceAll("\\s+", "");
        if (digits.isEmpty() || digits.length() % 2 != 0 || !digits.matches("[0-9a-fA-F]+")) {
            throw new RingsideException("these are not bytes in hex", "", "write two hex digits for each: 'fa f4'");
        }
        byte[] bytes = new byte[digits.length() / 2];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Integer.parseInt(digits.substring(2 * i, 2 * i + 2), 16);
        }
        add(pa, bytes, false);
    }

    void packed(int pa, String text, boolean rom) {
        Inflater inflater = new Inflater();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            inflater.setInput(Base64.getDecoder().decode(text.replaceAll("\\s+", "")));
            byte[] buffer = new byte[4096];
            while (!inflater.finished()) {
                int length = inflater.inflate(buffer);
                if (length == 0 && !inflater.finished()) {
                    throw new DataFormatException("the end is missing");
                }
                all.write(buffer, 0, length);
            }
        } catch (DataFormatException | IllegalArgumentException e) {
            throw new RingsideException(
                    "this text is not packed bytes: " + e.getMessage(),
                    "",
                    "take it as the reproducing script has it",
                    e);
        } finally {
            inflater.end();
        }
        add(pa, all.toByteArray(), rom);
    }

    void reset(String state) {
        if (!state.equals("reset")) {
            throw new RingsideException(
                    "there is no entry '" + state + "'", "", "write entry 'reset', or entry flat: 0x100000");
        }
        entry = new EntryState.Reset();
    }

    void entry(Map<String, ?> named) {
        if (named.containsKey("flat") == named.containsKey("real")) {
            throw new RingsideException(
                    "entry says neither flat: nor real:", "", "write entry flat: 0x100000, stack: 0x90000");
        }
        int stack = number(named, "stack", 0);
        List<Integer> registers = registers(named.get("registers"), stack);
        entry = named.containsKey("real")
                ? new EntryState.Real(
                        number(named, "cs", 0),
                        number(named, "real", 0),
                        number(named, "ss", 0),
                        stack,
                        number(named, "ds", 0),
                        registers)
                : new EntryState.Flat(
                        number(named, "code", SystemTables.KERNEL_CODE),
                        number(named, "flat", 0),
                        number(named, "data", SystemTables.KERNEL_DATA),
                        stack,
                        number(named, "gdt", 0),
                        number(named, "gdtLimit", -1),
                        number(named, "idt", 0),
                        number(named, "idtLimit", -1),
                        registers);
    }

    private static List<Integer> registers(Object value, int stack) {
        if (value == null) {
            return EntryState.cleared(stack);
        }
        if (!(value instanceof List<?> list)
                || list.size() != REGISTERS
                || !list.stream().allMatch(Number.class::isInstance)) {
            throw new RingsideException(
                    "registers: is not eight numbers",
                    "",
                    "write EAX ECX EDX EBX ESP EBP ESI EDI: registers: [0, 0, 0, 0, 0, 0, 0, 0]");
        }
        List<Integer> registers = new ArrayList<>();
        list.forEach(one -> registers.add(((Number) one).intValue()));
        registers.set(ESP, stack);
        return registers;
    }

    private static int number(Map<String, ?> named, String key, int otherwise) {
        Object value = named.get(key);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Number number) {
            return number.intValue();
        }
        throw new RingsideException("'" + key + "' is not a number: " + value, "", "write " + key + ": 0x100000");
    }
}
