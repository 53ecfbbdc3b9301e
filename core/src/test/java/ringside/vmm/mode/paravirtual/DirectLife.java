package ringside.vmm.mode.paravirtual;

import static org.assertj.core.api.Assertions.assertThat;
import static ringside.vmm.mode.paravirtual.DrivenGuest.DIRECTORY;
import static ringside.vmm.mode.paravirtual.DrivenGuest.ELEMENTS;
import static ringside.vmm.mode.paravirtual.DrivenGuest.FIRST_GDT;
import static ringside.vmm.mode.paravirtual.DrivenGuest.LOW;
import static ringside.vmm.mode.paravirtual.DrivenGuest.POOL;
import static ringside.vmm.mode.paravirtual.PortedProgram.RAM;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import ringside.vmm.frames.GuestFrames;
import ringside.vmm.frames.Layout;
import ringside.vmm.frames.MachineMemory;
import ringside.vmm.memory.direct.Census;
import ringside.vmm.memory.direct.DirectMemory;
import ringside.vmm.spi.PhysicalServer;
import ringside.vmm.spi.TypedTables;
import ringside.vmm.spi.VmSpec;

/** A guest with direct paging that takes one step after the other, and what it should be like by then. */
final class DirectLife {
    static final int PAGES = 8;

    private static final int CALL_WORDS = 8;
    private static final Kind[] BUILDING = {Kind.MAKE_TABLE, Kind.MAKE_DIRECTORY, Kind.RECYCLE, Kind.UPDATE, Kind.SEAL};
    private static final Kind[] ASKING = {Kind.LOAD, Kind.PIN, Kind.UNPIN, Kind.UNSEAL, Kind.MULTICALL, Kind.BATCH};
    private static final int[] FLAGS = {0, 1, 1, 5, 3, 7, 0x61, 0xe03, 0x83, 0x103};
    private static final int[] RARE = {LOW, DIRECTORY, FIRST_GDT}, ABSENT = {RAM, 0x7ffff000};

    /** What a step does; those with a mapping of their own come as often as needed for a guest that gets on. */
    enum Kind {
        LOAD,
        PIN,
        UNPIN,
        UPDATE,
        MAP,
        SEAL,
        UNSEAL,
        BATCH,
        MULTICALL,
        STORE,
        DEVICE,
        SHARE,
        DESCRIBE,
        DESCRIBE_NOTHING,
        MAKE_DIRECTORY,
        MAKE_TABLE,
        RECYCLE,
        UNMAP,
        TAKE,
        STALE,
        CLEAR
    }

    /** On a page, an entry of it, and a value for that; {@code level} also serves where two of a kind differ. */
    record Step(Kind kind, int page, int index, int value, boolean level) {}

    final DrivenGuest guest;
    final GuestFrames frames;
    final TypeModel model = new TypeModel(RAM, FIRST_GDT, DIRECTORY, LOW);
    final Map<Integer, Integer> results = new TreeMap<>();
    /** Pages in which the VMM writes words of its own. */
    private final Set<Integer> everShared = new TreeSet<>();

    DirectLife(Layout layout) {
        VmSpec spec = DrivenGuest.spec("direct", layout);
        MachineMemory machine = PhysicalServer.machineFor(spec);
        guest = DrivenGuest.on(machine, "direct", layout);
        frames = machine.guest(0);
    }

    /** Some step, drawn so that a guest gets on: tables are made, used and taken apart again. */
    static Step step(SplittableRandom random) {
        int choice = random.nextInt(9);
        Kind[] kinds = choice < 3 ? Kind.values() : choice < 7 ? BUILDING : ASKING;
        int index = random.nextInt(20) > 0 ? random.nextInt(1, 4) : random.nextBoolean() ? TypeModel.OWN : 0x200;
        int rare = random.nextInt(14);
        int frame = rare == 0 ? RARE[random.nextInt(3)] : rare == 1 ? ABSENT[random.nextInt(2)] : page(random);
        int value = frame | FLAGS[random.nextInt(FLAGS.length)];
        return new Step(kinds[random.nextInt(kinds.length)], page(random), index, value, random.nextBoolean());
    }

    private static int page(SplittableRandom random) {
        return POOL + random.nextInt(PAGES) * 0x1000;
    }

    /** Performs the steps: each answer is the model's, and after each the types hold. */
    void live(List<Step> steps) {
        for (Step step : steps) {
            perform(step);
            FrameAudit.of(guest.machine()).assertSound();
        }
        assertAsModelled();
    }

    private void expect(Object what, int result, int expected) {
        assertThat(result).as("%s", what).isEqualTo(expected);
        results.merge(Math.min(result, 0), 1, Integer::sum);
    }

    private int number(String name) {
        return PortedProgram.number(name);
    }

    /** The call of a step. */
    private int[] call(Step step) {
        int entry = step.page + 4 * step.index;
        return switch (step.kind) {
            case LOAD -> new int[] {number("load_page_table"), step.page};
            case PIN -> new int[] {number("pin_table"), step.page, step.level ? 1 : 0};
            case UNPIN -> new int[] {number("unpin_table"), step.page};
            case MAP -> new int[] {number("update_va_mapping"), step.page, mapping(step), 2};
            case SEAL -> new int[] {number("update_va_mapping"), step.page, step.page | 1, 2};
            case UNSEAL -> new int[] {number("update_va_mapping"), step.page, step.page | 3, 2};
            case SHARE -> {
                everShared.add(step.page);
                yield new int[] {number("set_shared_page"), step.page};
            }
            default -> {
                guest.put(ELEMENTS, entry, step.value);
                yield new int[] {number("mmu_update"), ELEMENTS, 1};
            }
        };
    }

    /** Where the LDT lies stays mapped. */
    private int mapping(Step step) {
        return step.page == model.local ? step.page | step.value & 2 | 1 : step.value;
    }

    private int expected(Step step) {
        return switch (step.kind) {
            case LOAD -> model.load(step.page);
            case PIN -> model.pin(step.page, step.level);
            case UNPIN -> model.unpin(step.page);
            case MAP -> model.updateMapping(step.page, mapping(step));
            case SEAL -> model.updateMapping(step.page, step.page | 1);
            case UNSEAL -> model.updateMapping(step.page, step.page | 3);
            case SHARE -> model.share(step.page);
            default -> {
                int result = model.update(step.page + 4 * step.index, step.value);
                yield result == 0 ? 1 : result;
            }
        };
    }

    private void perform(Step step) {
        switch (step.kind) {
            case BATCH -> batch(step);
            case MULTICALL -> multicall(step);
            case STORE -> store(step);
            case DEVICE -> device(step.page + 4 * step.index, step.value);
            case DESCRIBE -> expect(step, guest.call("set_ldt", step.page + 0xff0, 1), model.describe(step.page));
            case DESCRIBE_NOTHING -> {
                expect(step, guest.call("set_ldt", ELEMENTS, 0), 0);
                model.local = 0;
            }
            case MAKE_DIRECTORY -> {
                perform(new Step(Kind.SEAL, step.page, 0, 0, true));
                device(step.page, LOW | 7);
                single(new Step(step.level ? Kind.PIN : Kind.LOAD, step.page, 0, 0, true));
            }
            case MAKE_TABLE -> {
                perform(new Step(Kind.SEAL, step.page, 0, 0, true));
                device(step.page + 4 * step.index, step.value & -0x1000 | 1);
                single(new Step(Kind.UPDATE, model.root, 1 + step.index % 3, step.page | 7, true));
            }
            case RECYCLE -> recycle(step);
            case UNMAP -> {
                int entry = step.page == model.local ? step.page | 1 : 0;
                single(new Step(Kind.UPDATE, LOW, step.page >>> 12, entry, true));
            }
            case TAKE -> take(step);
            case STALE -> stale(step);
            case CLEAR -> single(new Step(Kind.UPDATE, step.page, step.index, 0, true));
            default -> single(step);
        }
    }

    /** Whatever uses the page as a table is ended, and the kernel writes it. */
    private void recycle(Step step) {
        if (model.types.containsKey(step.page)) {
            if (model.root == step.page) {
                single(new Step(Kind.LOAD, DIRECTORY, 0, 0, true));
            }
            for (int directory : List.copyOf(model.types.keySet())) {
                for (int i = 1; i < 4 && model.isDirectory(directory); i++) {
                    if (model.page(directory)[i] >>> 12 == step.page >>> 12) {
                        single(new Step(Kind.UPDATE, directory, i, 0, true));
                    }
                }
            }
            single(new Step(Kind.UNPIN, step.page, 0, 0, true));
        }
        single(new Step(Kind.UNSEAL, step.page, 0, 0, true));
        store(new Step(Kind.STORE, step.page, step.index, step.value & -0x1000, true));
    }

    /** The machine wants a frame back, or the guest's balloon gives it: only what no table shows can go. */
    private void take(Step step) {
        boolean there = frames.present(step.page);
        boolean shown = model.shows(step.page);
        if (step.level) {
            assertThat(frames.reclaim(step.page)).as("%s", step).isEqualTo(there && !shown);
        } else {
            boolean goes = !there || !shown;
            assertThat(frames.balloon(step.page, 1)).as("%s", step).isEqualTo(goes ? 1 : 0);
            if (goes) {
                Arrays.fill(model.page(step.page), 0);
            }
        }
    }

    /** A page is written, mapped read-only without a flush, and pinned: by then its translation is gone. */
    private void stale(Step step) {
        store(new Step(Kind.STORE, step.page, step.index, step.value & -0x1000, true));
        int entry = step.page | 1;
        guest.put(ELEMENTS, LOW + 4 * (step.page >>> 12), entry);
        int updated = model.update(LOW + 4 * (step.page >>> 12), entry);
        expect(step, guest.call("mmu_update", ELEMENTS, 1), updated == 0 ? 1 : updated);
        int pinned = model.pin(step.page, false);
        expect(step, guest.call("pin_table", step.page, 0), pinned);
        if (pinned == 0) {
            assertThat(guest.store(step.page + 4, step.page | 3)).as("%s", step).isFalse();
        }
        guest.call("flush_all");
    }

    private void device(int pa, int value) {
        guest.device(pa, value);
        model.written(pa, value);
    }

    /** A guest whose own code is mapped no more would be at its end. */
    private boolean ends(Step step) {
        return step.kind == Kind.LOAD && (model.page(step.page)[0] & -0x1000 | 1) != (LOW | 1);
    }

    private void single(Step step) {
        if (ends(step)) {
            return;
        }
        int[] call = call(step);
        int result = guest.call(call[0], Arrays.copyOfRange(call, 1, call.length));
        expect(step, result, expected(step));
        guest.call("flush_all");
    }

    /** Three updates, the one in the middle perhaps wrong. */
    private void batch(Step step) {
        int first = LOW + 4 * (step.page >>> 12);
        int value = step.page == model.local ? step.page | 1 : step.value;
        int[] updates = {first, step.page | 1, step.page + 4 * step.index, value, step.page + 12, step.page | 1};
        guest.put(ELEMENTS, updates);
        int expected = 3;
        for (int i = 0; i < 3 && expected == 3; i++) {
            int result = model.update(updates[2 * i], updates[2 * i + 1]);
            expected = result == 0 ? 3 : result;
        }
        expect(step, guest.call("mmu_update", ELEMENTS, 3), expected);
        guest.call("flush_all");
    }

    /** A page is mapped read-only, becomes something, and is changed, in one call. */
    private void multicall(Step step) {
        List<Step> parts = List.of(
                new Step(Kind.SEAL, step.page, 0, 0, true),
                new Step(Kind.PIN, step.page, 0, 0, step.level),
                new Step(Kind.UNPIN, POOL + step.index % PAGES * 0x1000, 0, 0, true),
                new Step(Kind.MAP, step.page, 0, step.value, true));
        List<Integer> expected = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            int[] words = Arrays.copyOf(call(parts.get(i)), CALL_WORDS);
            guest.put(ELEMENTS + i * CALL_WORDS * 4, words);
            expected.add(expected(parts.get(i)));
        }
        assertThat(guest.call("multicall", ELEMENTS, parts.size())).isZero();
        for (int i = 0; i < parts.size(); i++) {
            expect(step + ", call " + i, guest.word(ELEMENTS + i * CALL_WORDS * 4 + 24), expected.get(i));
        }
        guest.call("flush_all");
    }

    private void store(Step step) {
        int va = step.level ? step.page + 4 * step.index : step.index % 3 + 1 << 22 | 1 << 12 | 4;
        int page = model.pageAt(va, true);
        boolean ram = page == -1 || page >= POOL && page < POOL + PAGES * 0x1000;
        if (ram) {
            assertThat(guest.store(va, step.value)).as("%s", step).isEqualTo(page != -1);
            if (page != -1) {
                model.written(page + (va & 0xfff), step.value);
            }
        }
    }

    /** What is typed now, once the VMM has let go what nobody uses, and what the pages hold. */
    private void assertAsModelled() {
        DirectMemory memory = (DirectMemory) ((ParavirtualMachine) guest.machine()).strategy();
        TypedTables tables = memory.typedTables().orElseThrow();
        memory.census().entries().forEach(entry -> tables.inUse(entry.pa()));
        Map<Integer, String> found = new TreeMap<>();
        for (Census.Entry entry : memory.census().entries()) {
            found.put(entry.pa(), text(entry.directory(), entry.count(), entry.pinned()));
        }
        Map<Integer, String> expected = new TreeMap<>();
        model.types.forEach((page, type) -> expected.put(page, text(type.directory, type.count, type.pinned)));
        assertThat(found).isEqualTo(expected);
        for (int page = POOL; page < POOL + PAGES * 0x1000; page += 0x1000) {
            int first = everShared.contains(page) ? SharedPage.FAULT_VA / 4 + 1 : 0;
            for (int i = first; i < TypeModel.ENTRIES; i++) {
                int marks = 0x60;
                assertThat(guest.word(page + 4 * i) & ~marks)
                        .as("%08x", page + 4 * i)
                        .isEqualTo(model.page(page)[i] & ~marks);
            }
        }
    }

    private static String text(boolean directory, int count, boolean pinned) {
        return (directory ? "directory " : "table ") + count + (pinned ? " pinned" : "");
    }
}
