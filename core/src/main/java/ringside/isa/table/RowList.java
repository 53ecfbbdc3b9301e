package ringside.isa.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import ringside.arch.Feature;
import ringside.arch.Vector;
import ringside.isa.Attribute;
import ringside.isa.Body;
import ringside.isa.FlagEffects;
import ringside.isa.Flow;
import ringside.isa.Row;
import ringside.isa.Sensitivity;

/**
 * Collects rows as the family files declare them.
 *
 * <pre>{@code
 * t.row("add", "00 /r", "Eb,Gb").is(BYTE, LOCKABLE).writes(ARITHMETIC).does(Arithmetic::add);
 * t.row("jz", "0F 84 cv", "Jz").flow(Flow.BRANCH).reads(ZF).manual("Jcc").does(...);
 * }</pre>
 */
public final class RowList {
    private final List<Row> rows = new ArrayList<>();

    /** Starts a row; it joins the table at {@link Builder#does}. */
    public Builder row(String mnemonic, String encoding, String operands) {
        return new Builder(mnemonic, encoding, operands);
    }

    public List<Row> rows() {
        return List.copyOf(rows);
    }

    /** A row in the making: what is not said has the commonest value. */
    public final class Builder {
        private final String mnemonic;
        private final String encoding;
        private final String operands;
        private final Set<Attribute> attributes = EnumSet.noneOf(Attribute.class);
        private int read;
        private int written;
        private int undefined;
        private Sensitivity kind = Sensitivity.INNOCUOUS;
        private Flow flow = Flow.NEXT;
        private Feature since;
        private String manual;

        private Builder(String mnemonic, String encoding, String operands) {
            this.mnemonic = mnemonic;
            this.encoding = encoding;
            this.operands = operands;
            this.manual = mnemonic.toUpperCase(java.util.Locale.ROOT);
        }

        public Builder is(Attribute... more) {
            attributes.addAll(Arrays.asList(more));
            return this;
        }

        /** EFLAGS bits the instruction depends on. */
        public Builder reads(int flags) {
            read |= flags;
            return this;
        }

        /** EFLAGS bits with a defined result. */
        public Builder writes(int flags) {
            written |= flags;
            return this;
        }

        /** EFLAGS bits the manual leaves undefined. */
        public Builder undefined(int flags) {
            undefined |= flags;
            return this;
        }

        public Builder kind(Sensitivity sensitivity) {
            kind = sensitivity;
            return this;
        }

        public Builder flow(Flow where) {
            flow = where;
            return this;
        }

        public Builder since(Feature feature) {
            since = feature;
            return this;
        }

        /** The heading in SDM vol. 2, where it is not the mnemonic. */
        public Builder manual(String section) {
            manual = section;
            return this;
        }

        /** Ends the row. What its attributes and feature demand of mode and processor is checked before {@code body}. */
        public void does(Body body) {
            List<String> codes = operands.isEmpty() ? List.of() : List.of(operands.split(","));
            rows.add(new Row(
                    mnemonic,
                    encoding,
                    codes,
                    new FlagEffects(read, written, undefined),
                    kind,
                    flow,
                    Set.copyOf(attributes),
                    since,
                    guarded(body),
                    manual));
        }

        private Body guarded(Body body) {
            boolean protectedOnly = attributes.contains(Attribute.PROTECTED_ONLY);
            Feature required = attributes.contains(Attribute.FLOATING) ? null : since;
            if (!protectedOnly && required == null) {
                return body;
            }
            return (p, i) -> {
                boolean wrongMode = protectedOnly && (!p.protectedMode() || p.virtual8086());
                if (wrongMode || required != null && !p.has(required)) {
                    throw p.fault(Vector.UD);
                }
                body.execute(p, i);
            };
        }
    }
}
