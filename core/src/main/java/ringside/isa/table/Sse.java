package ringside.isa.table;

import static ringside.isa.Attribute.FLOATING;
import static ringside.isa.table.Mmx.row;

import ringside.arch.Feature;
import ringside.isa.Sensitivity;

/** SSE and SSE2 floating point, FXSAVE, fences and cache hints: no model has the units, so that they raise #UD. */
final class Sse {
    /** Mandatory prefix of ps, pd, ss, sd. */
    private static final String[] PREFIXES = {"NP", "66", "F3", "F2"};

    private static final String[] SUFFIXES = {"ps", "pd", "ss", "sd"};
    private static final String[] SOURCES = {"Wdq", "Wdq", "Wd", "Wq"};

    private Sse() {}

    static void rows(RowList t) {
        moves(t);
        arithmetic(t);
        conversions(t);
        stateAndHints(t);
    }

    private static void moves(RowList t) {
        String[] names = {"movups", "movupd", "movss", "movsd"};
        for (int n = 0; n < 4; n++) {
            row(t, since(n), names[n], PREFIXES[n] + " 0F 10 /r", "Vdq," + SOURCES[n]);
            row(t, since(n), names[n], PREFIXES[n] + " 0F 11 /r", SOURCES[n] + ",Vdq");
        }
        for (int n = 0; n < 2; n++) {
            String suffix = SUFFIXES[n];
            row(t, since(n), "movl" + suffix, PREFIXES[n] + " 0F 12 /r", "Vdq,Mq");
            row(t, since(n), "movl" + suffix, PREFIXES[n] + " 0F 13 /r", "Mq,Vdq");
            row(t, since(n), "movh" + suffix, PREFIXES[n] + " 0F 16 /r", "Vdq,Mq");
            row(t, since(n), "movh" + suffix, PREFIXES[n] + " 0F 17 /r", "Mq,Vdq");
            row(t, since(n), "mova" + suffix, PREFIXES[n] + " 0F 28 /r", "Vdq,Wdq");
            row(t, since(n), "mova" + suffix, PREFIXES[n] + " 0F 29 /r", "Wdq,Vdq");
            row(t, since(n), "movnt" + suffix, PREFIXES[n] + " 0F 2B /r", "Mdq,Vdq");
            row(t, since(n), "movmsk" + suffix, PREFIXES[n] + " 0F 50 /r", "Gd,Udq");
        }
        row(t, Feature.SSE, "movhlps", "NP 0F 12 /r", "Vdq,Udq");
        row(t, Feature.SSE, "movlhps", "NP 0F 16 /r", "Vdq,Udq");
        row(t, Feature.SSE2, "movnti", "NP 0F C3 /r", "Md,Gd");
    }

    private static void arithmetic(RowList t) {
        packedAndScalar(t, "sqrt", "51", 0, 1, 2, 3);
        packedAndScalar(t, "rsqrt", "52", 0, 2);
        packedAndScalar(t, "rcp", "53", 0, 2);
        packedAndScalar(t, "and", "54", 0, 1);
        packedAndScalar(t, "andn", "55", 0, 1);
        packedAndScalar(t, "or", "56", 0, 1);
        packedAndScalar(t, "xor", "57", 0, 1);
        packedAndScalar(t, "add", "58", 0, 1, 2, 3);
        packedAndScalar(t, "mul", "59", 0, 1, 2, 3);
        packedAndScalar(t, "sub", "5C", 0, 1, 2, 3);
        packedAndScalar(t, "min", "5D", 0, 1, 2, 3);
        packedAndScalar(t, "div", "5E", 0, 1, 2, 3);
        packedAndScalar(t, "max", "5F", 0, 1, 2, 3);
        packedAndScalar(t, "unpckl", "14", 0, 1);
        packedAndScalar(t, "unpckh", "15", 0, 1);
        for (int n = 0; n < 4; n++) {
            row(t, since(n), "cmp" + SUFFIXES[n], PREFIXES[n] + " 0F C2 /r ib", "Vdq," + SOURCES[n] + ",Ib");
        }
        for (int n = 0; n < 2; n++) {
            String scalar = n == 0 ? "ss" : "sd";
            String source = n == 0 ? "Wd" : "Wq";
            row(t, since(n), "shuf" + SUFFIXES[n], PREFIXES[n] + " 0F C6 /r ib", "Vdq,Wdq,Ib");
            row(t, since(n), "ucomi" + scalar, PREFIXES[n] + " 0F 2E /r", "Vdq," + source);
            row(t, since(n), "comi" + scalar, PREFIXES[n] + " 0F 2F /r", "Vdq," + source);
        }
    }

    private static void packedAndScalar(RowList t, String stem, String opcode, int... forms) {
        for (int n : forms) {
            row(t, since(n), stem + SUFFIXES[n], PREFIXES[n] + " 0F " + opcode + " /r", "Vdq," + SOURCES[n]);
        }
    }

    private static void conversions(RowList t) {
        row(t, Feature.SSE, "cvtpi2ps", "NP 0F 2A /r", "Vdq,Qq");
        row(t, Feature.SSE2, "cvtpi2pd", "66 0F 2A /r", "Vdq,Qq");
        row(t, Feature.SSE, "cvtsi2ss", "F3 0F 2A /r", "Vdq,Ed");
        row(t, Feature.SSE2, "cvtsi2sd", "F2 0F 2A /r", "Vdq,Ed");
        String[] stems = {"cvtt", "cvt"};
        for (int n = 0; n < 2; n++) {
            String opcode = n == 0 ? "0F 2C /r" : "0F 2D /r";
            row(t, Feature.SSE, stems[n] + "ps2pi", "NP " + opcode, "Pq,Wq");
            row(t, Feature.SSE2, stems[n] + "pd2pi", "66 " + opcode, "Pq,Wdq");
            row(t, Feature.SSE, stems[n] + "ss2si", "F3 " + opcode, "Gd,Wd");
            row(t, Feature.SSE2, stems[n] + "sd2si", "F2 " + opcode, "Gd,Wq");
        }
        row(t, Feature.SSE2, "cvtps2pd", "NP 0F 5A /r", "Vdq,Wq");
        row(t, Feature.SSE2, "cvtpd2ps", "66 0F 5A /r", "Vdq,Wdq");
        row(t, Feature.SSE2, "cvtss2sd", "F3 0F 5A /r", "Vdq,Wd");
        row(t, Feature.SSE2, "cvtsd2ss", "F2 0F 5A /r", "Vdq,Wq");
        row(t, Feature.SSE2, "cvtdq2ps", "NP 0F 5B /r", "Vdq,Wdq");
        row(t, Feature.SSE2, "cvtps2dq", "66 0F 5B /r", "Vdq,Wdq");
        row(t, Feature.SSE2, "cvttps2dq", "F3 0F 5B /r", "Vdq,Wdq");
        row(t, Feature.SSE2, "cvttpd2dq", "66 0F E6 /r", "Vdq,Wdq");
        row(t, Feature.SSE2, "cvtdq2pd", "F3 0F E6 /r", "Vdq,Wq");
        row(t, Feature.SSE2, "cvtpd2dq", "F2 0F E6 /r", "Vdq,Wdq");
    }

    private static void stateAndHints(RowList t) {
        t.row("fxsave", "NP 0F AE /0", "M")
                .is(FLOATING)
                .since(Feature.FXSR)
                .kind(Sensitivity.UNPRIVILEGED)
                .does(Mmx.NO_UNIT);
        row(t, Feature.FXSR, "fxrstor", "NP 0F AE /1", "M");
        row(t, Feature.SSE, "ldmxcsr", "NP 0F AE /2", "Md");
        row(t, Feature.SSE, "stmxcsr", "NP 0F AE /3", "Md");
        row(t, Feature.SSE2, "clflush", "NP 0F AE /7", "Mb");
        row(t, Feature.SSE2, "lfence", "NP 0F AE E8", "");
        row(t, Feature.SSE2, "mfence", "NP 0F AE F0", "");
        row(t, Feature.SSE, "sfence", "NP 0F AE F8", "");
        String[] hints = {"prefetchnta", "prefetcht0", "prefetcht1", "prefetcht2"};
        for (int n = 0; n < 4; n++) {
            row(t, Feature.SSE, hints[n], "0F 18 /" + n, "Mb");
        }
    }

    private static Feature since(int form) {
        return form % 2 == 0 ? Feature.SSE : Feature.SSE2;
    }
}
