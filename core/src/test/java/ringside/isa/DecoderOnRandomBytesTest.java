package ringside.isa;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Any bytes decode; where objdump sees an instruction, we see the same one, or the exception is listed. */
class DecoderOnRandomBytesTest {
    private static final int BYTES = 250_000;

    /** Instructions of objdump that this table has not, by their name, with the reason. */
    private static final Map<Pattern, String> NOT_OURS = patterns(
            "v[a-z].*|kadd.*|k[a-z]+[bwdq]", "AVX and AVX-512: later processors",
            "fisttp|lddqu|movs[hl]dup|h(add|sub)p[sd]|addsubp[sd]|monitorx?|mwait.*", "SSE3: later processors",
            "femms|p[fi][a-z0-9]+|prefetchw?|prefetchwt1|clzero", "3DNow and other AMD additions",
            "x(save|rstor|begin|abort|end|crypt|store|getbv|setbv|test).*|montmul",
                    "XSAVE, TSX and PadLock: later processors",
            "bnd.*|getsec|cldemote|rdrand|rdseed|rd.*|wr.*|clac|stac|encl.|pconfig|endbr.*", "later processors",
            "vm.*|inv(ept|vpid|pcid)", "VMX: rows of the assist come with it",
            "syscall|sysret|rsm|swapgs|rdtscp|sha[0-9].*|aes.*|mulx|movbe|crc32|popcnt|lzcnt|tzcnt|ad[co]x",
                    "later processors or SMM",
            "nop", "hint NOPs 0F 18 to 0F 1E of later processors",
            "tr[0-7]", "test registers of the 80386 and 80486: no later processor has them",
            "frstpm.*|loadall", "80287 or undocumented");

    /** Our rows that objdump does not show so, by mnemonic, with the reason. */
    private static final Map<String, String> NOT_OBJDUMPS = Map.of(
            "salc", "not in Intel's manual; every IA-32 processor has it",
            "fwait", "objdump joins FWAIT with the x87 instruction after it",
            "bsf", "F2 before 0F BC is refused by objdump, ignored by processors",
            "bsr", "F2 before 0F BD is refused by objdump, ignored by processors");

    private static Map<Pattern, String> patterns(String... pairs) {
        Map<Pattern, String> map = new LinkedHashMap<>();
        for (int n = 0; n < pairs.length; n += 2) {
            map.put(Pattern.compile(pairs[n]), pairs[n + 1]);
        }
        return map;
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 32})
    void lengths_and_texts_agree_with_objdump(int codeBits) throws Exception {
        Oracle.need("objdump");
        byte[] code = new byte[BYTES];
        new Random(codeBits).nextBytes(code);
        Map<String, Integer> counts = new TreeMap<>();
        Map<String, String> wrong = new TreeMap<>();
        Oracle.objdump(code, codeBits).headMap(BYTES - Oracle.SLOT).forEach((at, line) -> {
            Insn i = Decoder.decode(code, at, codeBits);
            String verdict = verdict(i, line, at, codeBits);
            counts.merge(verdict, 1, Integer::sum);
            if (verdict.startsWith("wrong")) {
                wrong.put(
                        i.row + " " + line.text().split(" ")[0],
                        HexFormat.of().formatHex(code, at, at + Oracle.SLOT) + "  ours: " + Disassembler.text(i, at)
                                + ", " + i.length + "  objdump: " + line.text() + ", " + line.length());
            }
        });
        System.out.println("random bytes, " + codeBits + "-bit code: " + counts);
        assertThat(wrong.values()).isEmpty();
        assertThat(counts.get("same length and text")).isGreaterThan(80_000);
    }

    private static String verdict(Insn i, Oracle.Listed line, int at, int codeBits) {
        String text = line.text();
        boolean bad = text.contains("bad)")
                || text.contains("bad}")
                || text.contains(",?")
                || text.contains("?,")
                || text.contains("mov") && text.matches(".* cs,.*|.*\\bcr[15-7]\\b.*");
        if (!i.isValid()) {
            return bad ? "both invalid" : i.has(Prefix.LOCK) ? "LOCK refused" : unknown(text);
        }
        if (!bad && i.length == line.length()) {
            String their = ObjdumpText.branchKeptTo16(i, ObjdumpText.bareOfObjdump(text, codeBits));
            boolean same = ObjdumpText.bareOfOurs(i, at, codeBits).equals(their);
            return same
                    ? "same length and text"
                    : i.row.mnemonic().equals("nop") ? "listed: nop" : "wrong: another text";
        }
        boolean listed = i.row.is(Attribute.ALIAS) || NOT_OBJDUMPS.containsKey(i.row.mnemonic());
        return listed ? "listed: not objdump's" : "wrong: objdump has none or another length";
    }

    private static String unknown(String text) {
        String name = text.replaceFirst("^((addr|data)(16|32)|[c-gs]s|repn?z|bnd|xacquire|xrelease) +(?=\\S)", "")
                .replaceFirst("^mov .*\\b(tr[0-7])\\b.*", "$1")
                .split(" ")[0];
        return NOT_OURS.keySet().stream().anyMatch(p -> p.matcher(name).matches())
                ? "listed: not ours"
                : "wrong: objdump knows " + name;
    }

    @Test
    void half_a_million_random_strings_decode_without_an_exception() {
        Random random = new Random(5);
        byte[] code = new byte[20];
        int valid = 0;
        for (int n = 0; n < 500_000; n++) {
            random.nextBytes(code);
            Insn i = Decoder.decode(code, 0, n % 2 == 0 ? 16 : 32);
            assertThat(i.length).isBetween(1, Decoder.MAX_LENGTH);
            valid += i.isValid() ? 1 : 0;
        }
        System.out.println("random bytes: 500000 strings decoded, " + valid + " of them instructions");
        assertThat(valid).isGreaterThan(400_000);
    }
}
