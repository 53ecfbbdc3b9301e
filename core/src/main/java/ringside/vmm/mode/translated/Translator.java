package ringside.vmm.mode.translated;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import ringside.isa.ByteSource;
import ringside.isa.Decoder;
import ringside.isa.Flow;
import ringside.isa.GuestFault;
import ringside.isa.Insn;
import ringside.isa.Operand;
import ringside.machine.bus.SystemBus;
import ringside.machine.cpu.Cpu;
import ringside.machine.memory.PhysicalMemory;
import ringside.vmm.spi.VmmRegion;

/** Makes a translation unit of the guest code at an address. */
final class Translator {
    private static final int LONGEST = 12;
    private static final int IN_PAGE = PhysicalMemory.PAGE - 1;

    private final Cpu state;
    private final Settings settings;
    private final IntPredicate probed;
    private final Adaptation adaptation;
    private final RuleBook rules;
    private final Supplier<BitSet> ports;

    /**
     * @param probed whether a client probes a linear address: a unit begins there
     * @param ports those that the guest may use past the VMM
     */
    Translator(
            Cpu state,
            Settings settings,
            RuleBook rules,
            IntPredicate probed,
            Adaptation adaptation,
            Supplier<BitSet> ports) {
        this.ports = ports;
        this.state = state;
        this.settings = settings;
        this.rules = rules;
        this.probed = probed;
        this.adaptation = adaptation;
    }

    /** The machine page that code at {@code la} is fetched from, as the virtual processor fetches; NONE for a device. */
    int page(int la) {
        return VmmRegion.contains(la) ? SystemBus.NONE : state.mmu.fetchPage(la, false);
    }

    /**
     * Translates at {@code eip}.
     *
     * @param landed whether an indirect branch is to enter it
     * @return the unit and its code for offset {@code start} on, or null where the first instruction cannot be translated
     * @throws GuestFault what fetching the first instruction raises
     */
    Emitter translate(Context context, int eip, int start, boolean landed) {
        Reader reader = new Reader(context, eip);
        List<Insn> insns = reader.page == SystemBus.NONE ? List.of() : reader.decode();
        if (insns.isEmpty()) {
            return null;
        }
        int ma = reader.page + (context.la(eip) & IN_PAGE);
        int landing = landed ? start : -1;
        Emitter stub = new Emitter(null, start);
        if (landed) {
            stub.landing(eip);
        }
        TranslationUnit unit = new TranslationUnit(context, eip, ma, reader.second, start + stub.bytes().length);
        unit.landing = landing;
        Emitter to = new Emitter(unit, start);
        if (landed) {
            to.guest(eip, false);
            to.landing(eip);
        }
        emit(unit, insns, reader, to);
        unit.size = to.here() - start;
        return to;
    }

    private void emit(TranslationUnit unit, List<Insn> insns, Reader reader, Emitter to) {
        boolean afterSti = false;
        int at = unit.eip;
        for (int i = 0; i < insns.size(); i++) {
            Insn insn = insns.get(i);
            boolean last = i == insns.size() - 1;
            boolean traps = adaptation.callsOut(unit.context.la(at));
            byte[] guest = reader.bytes(at - unit.eip, insn.length);
            byte[] bytes = unit.context.key.code32() ? guest : Reencoding.for32(guest, insn);
            Rule.Subject subject =
                    new Rule.Subject(unit.context.key, settings, insn, at, bytes, last, traps, given(insn));
            Rule rule = rules.of(subject);
            unit.eips.add(at);
            unit.offsets.add(to.here());
            unit.rules.add(rule.name());
            unit.words.add(insn.mnemonic());
            to.guest(at, afterSti, rule.emulates());
            rule.emit(subject, to);
            afterSti = rule.emulates() && insn.mnemonic().equals("sti");
            at += insn.length;
        }
        unit.length = at - unit.eip;
        if (!terminates(insns.getLast())) {
            to.exitAfter(at);
        }
    }

    /** Whether it may use a port that is the guest's own. */
    private boolean given(Insn insn) {
        boolean in = insn.mnemonic().startsWith("in");
        Operand port = in ? insn.op1 : insn.op0;
        return port instanceof Operand.Imm number
                ? ports.get().get(number.value() & 0xff)
                : !ports.get().isEmpty();
    }

    private static boolean terminates(Insn insn) {
        return insn.row.flow() != Flow.NEXT && insn.row.flow() != Flow.SERIALIZE;
    }

    /** Guest code from an address on: within one page, but that the first instruction alone may run into the next. */
    private final class Reader {
        private final Context context;
        private final int eip;
        final int page;
        int second = SystemBus.NONE;

        Reader(Context context, int eip) {
            this.context = context;
            this.eip = eip;
            this.page = page(context.la(eip));
        }

        List<Insn> decode() {
            List<Insn> insns = new ArrayList<>();
            int length = 0;
            while (insns.size() < LONGEST && second == SystemBus.NONE) {
                if (length > 0 && stops(length)) {
                    break;
                }
                Insn insn = Decoder.decode(source(length), context.key.codeBits());
                if (!insn.isValid()) {
                    break;
                }
                insns.add(insn);
                length += insn.length;
                if (terminates(insn)) {
                    break;
                }
            }
            return insns;
        }

        private boolean stops(int offset) {
            int la = context.la(eip) + offset;
            return (la ^ context.la(eip)) >>> 12 != 0 || probed.test(la);
        }

        private ByteSource source(int from) {
            int[] at = {from};
            return () -> at(at[0]++, from == 0);
        }

        /** The byte at an offset from the start, or -1 beyond what may be read. */
        private int at(int offset, boolean crossing) {
            int la = context.la(eip) + offset;
            boolean wrapped = Integer.compareUnsigned(eip + offset, eip) < 0;
            if (wrapped || !context.key.allows(eip + offset)) {
                return -1;
            }
            if ((la ^ context.la(eip)) >>> 12 == 0) {
                return state.memory().get8(page + (la & IN_PAGE));
            }
            if (!crossing) {
                return -1;
            }
            if (second == SystemBus.NONE) {
                second = page(la);
            }
            return second == SystemBus.NONE ? -1 : state.memory().get8(second + (la & IN_PAGE));
        }

        byte[] bytes(int offset, int length) {
            byte[] bytes = new byte[length];
            for (int i = 0; i < length; i++) {
                bytes[i] = (byte) at(offset + i, true);
            }
            return bytes;
        }
    }
}
