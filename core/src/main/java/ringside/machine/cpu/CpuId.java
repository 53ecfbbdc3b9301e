package ringside.machine.cpu;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import ringside.arch.CpuModel;
import ringside.arch.Feature;
import ringside.arch.Reg;

/** CPUID's answers for a model (SDM vol. 2, CPUID): basic leaves 0, 1, 7; extended 80000000-80000008. */
final class CpuId {
    private static final byte[] VENDOR = "GenuineIntel".getBytes(StandardCharsets.US_ASCII);
    private static final int PAE_WIDTHS = 0x2020;

    private CpuId() {}

    /** Answers for EAX and ECX in {@code r}, into EAX, EBX, ECX and EDX. */
    static void execute(CpuModel model, int[] r) {
        int leaf = r[Reg.EAX];
        int subleaf = r[Reg.ECX];
        int highest = model.has(Feature.UMIP) ? 7 : 2;
        if (leaf > highest || leaf < 0 && leaf > 0x80000008) {
            // an invalid leaf answers as the highest basic one
            leaf = highest;
        }
        switch (leaf) {
            case 0 -> set(r, highest, word(VENDOR, 0), word(VENDOR, 8), word(VENDOR, 4));
            case 1 -> set(r, model.signature(), 0, model.has(Feature.VMX) ? 1 << 5 : 0, features(model));
            case 7 -> set(r, 0, 0, subleaf == 0 && model.has(Feature.UMIP) ? 1 << 2 : 0, 0);
            case 0x80000000 -> set(r, 0x80000008, 0, 0, 0);
            case 0x80000001 -> set(r, 0, 0, 0, model.has(Feature.NX) ? 1 << 20 : 0);
            case 0x80000002, 0x80000003, 0x80000004 -> brand(r, leaf & 7, model);
            case 0x80000008 -> set(r, PAE_WIDTHS, 0, 0, 0);
            default -> set(r, 0, 0, 0, 0);
        }
    }

    private static int features(CpuModel model) {
        int bits = 0;
        for (Feature feature : Feature.values()) {
            int bit = switch (feature) {
                case FPU -> 0;
                case VME -> 1;
                case DE -> 2;
                case PSE -> 3;
                case TSC -> 4;
                case MSR -> 5;
                case PAE -> 6;
                case CX8 -> 8;
                case APIC -> 9;
                case SEP -> 11;
                case PGE -> 13;
                case CMOV -> 15;
                case FXSR -> 24;
                case SSE -> 25;
                case SSE2 -> 26;
                case I486, CPUID, NX, UMIP, VMX, EPT, UNRESTRICTED_GUEST -> -1;
            };
            if (bit >= 0 && model.has(feature)) {
                bits |= 1 << bit;
            }
        }
        return bits;
    }

    private static void brand(int[] r, int part, CpuModel model) {
        byte[] text = new byte[48];
        byte[] name = ("Ringside " + model.name()).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(name, 0, text, 0, Math.min(name.length, 47));
        int at = (part - 2) * 16;
        set(r, word(text, at), word(text, at + 4), word(text, at + 8), word(text, at + 12));
    }

    private static int word(byte[] text, int at) {
        return ByteBuffer.wrap(text).order(ByteOrder.LITTLE_ENDIAN).getInt(at);
    }

    private static void set(int[] r, int eax, int ebx, int ecx, int edx) {
        r[Reg.EAX] = eax;
        r[Reg.EBX] = ebx;
        r[Reg.ECX] = ecx;
        r[Reg.EDX] = edx;
    }
}
