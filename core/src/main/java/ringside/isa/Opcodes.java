package ringside.isa;

import java.util.ArrayList;
import java.util.List;
import ringside.isa.OperandCode.Place;

/**
 * The rows laid out for decoding: opcode map, then mandatory prefix, then ModRM, to one row or none.
 *
 * <p>Built once; a slot is either one form (no ModRM chooses) or 256 forms by ModRM byte.
 */
final class Opcodes {
    /** A row as the decoder wants it. */
    static final class Form {
        final Row row;
        final Encoding encoding;
        final OperandCode[] operands;
        final boolean lockable;
        final boolean modIgnored;
        final boolean refusesCs;
        private final boolean acceptsRegister;
        private final boolean acceptsMemory;

        Form(Row row) {
            this.row = row;
            encoding = Encoding.of(row);
            operands = encoding.operands().toArray(OperandCode[]::new);
            lockable = row.is(Attribute.LOCKABLE);
            modIgnored = encoding.operands().stream().anyMatch(c -> c == OperandCode.CD || c == OperandCode.DD);
            refusesCs = operands.length > 0 && operands[0] == OperandCode.SW;
            acceptsRegister = !row.is(Attribute.MEMORY_ONLY)
                    && encoding.operands().stream().allMatch(OperandCode::acceptsRegister);
            acceptsMemory = !row.is(Attribute.REGISTER_ONLY)
                    && encoding.operands().stream().noneMatch(c -> c.place == Place.RM_REGISTER);
        }

        boolean acceptsModRm(int modRm) {
            if (encoding.modRm() >= 0) {
                int fixed = encoding.modRm();
                return encoding.plusRegister() ? (modRm & ~7) == fixed : modRm == fixed;
            }
            if (encoding.digit() >= 0 && encoding.digit() != (modRm >> 3 & 7)) {
                return false;
            }
            return modIgnored || (modRm >= 0xc0 ? acceptsRegister : acceptsMemory);
        }

        /** How exactly the row names its bytes: the more exact of two rows wins. */
        private int exactness() {
            return (encoding.mandatory() >= 0 ? 4 : 0)
                    + (encoding.modRm() >= 0 && !encoding.plusRegister() ? 2 : 0)
                    + (encoding.plusRegister() ? 0 : 1);
        }
    }

    /** Form or Form[256] by ((two-byte map * 4) + prefix class) * 256 + opcode. */
    private final Form[] plain = new Form[2 * 4 * 256];

    private final Form[][] byModRm = new Form[2 * 4 * 256][];

    Opcodes(List<Row> rows) {
        List<Form> forms = new ArrayList<>();
        rows.forEach(row -> forms.add(new Form(row)));
        forms.sort((a, b) -> Integer.compare(b.exactness(), a.exactness()));
        forms.forEach(this::place);
    }

    /** The slot of an opcode; prefix classes are 0 none, 1 66, 2 F3, 3 F2. */
    static int slot(boolean twoByte, int prefixClass, int opcode) {
        return ((twoByte ? 4 : 0) + prefixClass) << 8 | opcode;
    }

    boolean hasModRm(int slot) {
        return byModRm[slot] != null;
    }

    /** The form at {@code slot} for {@code modRm} (ignored where the slot has none), or null. */
    Form at(int slot, int modRm) {
        Form[] forms = byModRm[slot];
        return forms == null ? plain[slot] : forms[modRm];
    }

    private void place(Form form) {
        Encoding e = form.encoding;
        int registers = e.plusRegister() && !e.hasModRm() ? 8 : 1;
        for (int prefixClass = 0; prefixClass < 4; prefixClass++) {
            if (fits(e.mandatory(), prefixClass)) {
                for (int r = 0; r < registers; r++) {
                    place(form, slot(e.twoByte(), prefixClass, e.opcode() + r));
                }
            }
        }
    }

    private void place(Form form, int slot) {
        if (!form.encoding.hasModRm()) {
            if (plain[slot] == null) {
                plain[slot] = form;
            }
            return;
        }
        if (byModRm[slot] == null) {
            byModRm[slot] = new Form[256];
        }
        for (int modRm = 0; modRm < 256; modRm++) {
            if (byModRm[slot][modRm] == null && form.acceptsModRm(modRm)) {
                byModRm[slot][modRm] = form;
            }
        }
    }

    private static boolean fits(int mandatory, int prefixClass) {
        return switch (mandatory) {
            case 0 -> prefixClass == 0;
            case 0x66 -> prefixClass == 1;
            case 0xf3 -> prefixClass == 2;
            case 0xf2 -> prefixClass == 3;
            default -> true;
        };
    }
}
