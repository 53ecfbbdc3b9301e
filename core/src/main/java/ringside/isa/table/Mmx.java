package ringside.isa.table;

import static ringside.isa.Attribute.*;

import ringside.arch.Feature;
import ringside.arch.Vector;
import ringside.isa.Body;

/**
 * Packed-integer instructions, on MMX and on SSE registers (66): no model has the units, so that they raise #UD.
 *
 * <p>Most exist twice, as {@code NP 0F op} with 64 bits and as {@code 66 0F op} with 128.
 */
final class Mmx {
    static final Body NO_UNIT = (p, i) -> {
        throw p.fault(Vector.UD);
    };

    /** Opcode and name of what MMX has had from the start. */
    private static final String[] FROM_THE_START = {
        "60 punpcklbw",
        "61 punpcklwd",
        "62 punpckldq",
        "63 packsswb",
        "64 pcmpgtb",
        "65 pcmpgtw",
        "66 pcmpgtd",
        "67 packuswb",
        "68 punpckhbw",
        "69 punpckhwd",
        "6A punpckhdq",
        "6B packssdw",
        "74 pcmpeqb",
        "75 pcmpeqw",
        "76 pcmpeqd",
        "D1 psrlw",
        "D2 psrld",
        "D3 psrlq",
        "D5 pmullw",
        "D8 psubusb",
        "D9 psubusw",
        "DB pand",
        "DC paddusb",
        "DD paddusw",
        "DF pandn",
        "E1 psraw",
        "E2 psrad",
        "E5 pmulhw",
        "E8 psubsb",
        "E9 psubsw",
        "EB por",
        "EC paddsb",
        "ED paddsw",
        "EF pxor",
        "F1 psllw",
        "F2 pslld",
        "F3 psllq",
        "F5 pmaddwd",
        "F8 psubb",
        "F9 psubw",
        "FA psubd",
        "FC paddb",
        "FD paddw",
        "FE paddd"
    };

    private static final String[] WITH_SSE = {
        "DA pminub", "DE pmaxub", "E0 pavgb", "E3 pavgw", "E4 pmulhuw", "EA pminsw", "EE pmaxsw", "F6 psadbw"
    };

    private static final String[] WITH_SSE2 = {"D4 paddq", "F4 pmuludq", "FB psubq"};

    private Mmx() {}

    static void rows(RowList t) {
        row(t, Feature.FXSR, "emms", "NP 0F 77", "");
        moves(t);
        both(t, Feature.FXSR, FROM_THE_START);
        both(t, Feature.SSE, WITH_SSE);
        both(t, Feature.SSE2, WITH_SSE2);
        row(t, Feature.SSE2, "punpcklqdq", "66 0F 6C /r", "Vdq,Wdq");
        row(t, Feature.SSE2, "punpckhqdq", "66 0F 6D /r", "Vdq,Wdq");
        shiftsByCount(t);
        shufflesAndWords(t);
    }

    private static void moves(RowList t) {
        row(t, Feature.FXSR, "movd", "NP 0F 6E /r", "Pq,Ed");
        row(t, Feature.FXSR, "movd", "NP 0F 7E /r", "Ed,Pq");
        row(t, Feature.SSE2, "movd", "66 0F 6E /r", "Vdq,Ed");
        row(t, Feature.SSE2, "movd", "66 0F 7E /r", "Ed,Vdq");
        row(t, Feature.FXSR, "movq", "NP 0F 6F /r", "Pq,Qq");
        row(t, Feature.FXSR, "movq", "NP 0F 7F /r", "Qq,Pq");
        row(t, Feature.SSE2, "movq", "F3 0F 7E /r", "Vdq,Wq");
        row(t, Feature.SSE2, "movq", "66 0F D6 /r", "Wq,Vdq");
        row(t, Feature.SSE2, "movdqa", "66 0F 6F /r", "Vdq,Wdq");
        row(t, Feature.SSE2, "movdqa", "66 0F 7F /r", "Wdq,Vdq");
        row(t, Feature.SSE2, "movdqu", "F3 0F 6F /r", "Vdq,Wdq");
        row(t, Feature.SSE2, "movdqu", "F3 0F 7F /r", "Wdq,Vdq");
        row(t, Feature.SSE2, "movdq2q", "F2 0F D6 /r", "Pq,Udq");
        row(t, Feature.SSE2, "movq2dq", "F3 0F D6 /r", "Vdq,Nq");
        row(t, Feature.SSE, "movntq", "NP 0F E7 /r", "Mq,Pq");
        row(t, Feature.SSE2, "movntdq", "66 0F E7 /r", "Mdq,Vdq");
        row(t, Feature.SSE, "maskmovq", "NP 0F F7 /r", "Pq,Nq");
        row(t, Feature.SSE2, "maskmovdqu", "66 0F F7 /r", "Vdq,Udq");
    }

    private static void shiftsByCount(RowList t) {
        String[] names = {
            "71 2 psrlw",
            "71 4 psraw",
            "71 6 psllw",
            "72 2 psrld",
            "72 4 psrad",
            "72 6 pslld",
            "73 2 psrlq",
            "73 6 psllq"
        };
        for (String name : names) {
            String[] word = name.split(" ");
            String encoding = "0F %s /%s ib".formatted(word[0], word[1]);
            row(t, Feature.FXSR, word[2], "NP " + encoding, "Nq,Ib");
            row(t, Feature.SSE2, word[2], "66 " + encoding, "Udq,Ib");
        }
        row(t, Feature.SSE2, "psrldq", "66 0F 73 /3 ib", "Udq,Ib");
        row(t, Feature.SSE2, "pslldq", "66 0F 73 /7 ib", "Udq,Ib");
    }

    private static void shufflesAndWords(RowList t) {
        row(t, Feature.SSE, "pshufw", "NP 0F 70 /r ib", "Pq,Qq,Ib");
        row(t, Feature.SSE2, "pshufd", "66 0F 70 /r ib", "Vdq,Wdq,Ib");
        row(t, Feature.SSE2, "pshufhw", "F3 0F 70 /r ib", "Vdq,Wdq,Ib");
        row(t, Feature.SSE2, "pshuflw", "F2 0F 70 /r ib", "Vdq,Wdq,Ib");
        row(t, Feature.SSE, "pinsrw", "NP 0F C4 /r ib", "Pq,RdMw,Ib");
        row(t, Feature.SSE2, "pinsrw", "66 0F C4 /r ib", "Vdq,RdMw,Ib");
        row(t, Feature.SSE, "pextrw", "NP 0F C5 /r ib", "Gd,Nq,Ib");
        row(t, Feature.SSE2, "pextrw", "66 0F C5 /r ib", "Gd,Udq,Ib");
        row(t, Feature.SSE, "pmovmskb", "NP 0F D7 /r", "Gd,Nq");
        row(t, Feature.SSE2, "pmovmskb", "66 0F D7 /r", "Gd,Udq");
    }

    private static void both(RowList t, Feature mmx, String[] names) {
        for (String name : names) {
            String opcode = name.substring(0, 2);
            boolean unpacksLow = opcode.compareTo("63") < 0;
            row(t, mmx, name.substring(3), "NP 0F " + opcode + " /r", unpacksLow ? "Pq,Qd" : "Pq,Qq");
            row(t, Feature.SSE2, name.substring(3), "66 0F " + opcode + " /r", "Vdq,Wdq");
        }
    }

    static void row(RowList t, Feature since, String name, String encoding, String operands) {
        t.row(name, encoding, operands).is(FLOATING).since(since).does(NO_UNIT);
    }
}
