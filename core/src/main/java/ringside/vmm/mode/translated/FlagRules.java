package ringside.vmm.mode.translated;

import static ringside.vmm.mode.translated.Emitter.ECX;
import static ringside.vmm.mode.translated.Emitter.EDX;

import ringside.arch.Eflags;
import ringside.vmm.mode.translated.Rule.Subject;

/** CLI, STI, PUSHFD and POPFD of virtual ring 0 without a trap; a virtual IF in the store takes the place of IF. */
final class FlagRules {
    private static final int JE = 0x74, JNE = 0x75, JECXZ = 0xe3;

    private FlagRules() {}

    static void cli(Subject s, Emitter to) {
        to.lastStore(Store.VIRTUAL_IF, 0);
    }

    /** A callout where an interrupt waits; MOVs alone, so that EFLAGS stays. */
    static void sti(Subject s, Emitter to) {
        to.save(Store.ECX, ECX);
        to.load(ECX, Store.PENDING);
        int nothing = to.jump8(JECXZ);
        to.load(ECX, Store.ECX);
        to.callout();
        to.land(nothing);
        to.load(ECX, Store.VIRTUAL_IF);
        to.save(Store.IF_BEFORE, ECX);
        to.load(ECX, Store.ECX);
        to.lastStore(Store.VIRTUAL_IF, Eflags.IF);
    }

    /** The hardware pushes IF=1 and IOPL=0; what differs is added by LEA. */
    static void pushf(Subject s, Emitter to) {
        to.step(0x9c);
        to.save(Store.ECX, ECX);
        to.save(Store.EDX, EDX);
        to.step(0x8b, 0x0c, 0x24); // mov ecx, [esp]
        to.load(EDX, Store.VIRTUAL_IF);
        to.step32(-Eflags.IF, 0x8d, 0x8c, 0x11); // lea ecx, [ecx + edx - imm]
        to.load(EDX, Store.SYSTEM_FLAGS);
        to.step(0x8d, 0x0c, 0x11);
        to.step(0x89, 0x0c, 0x24); // mov [esp], ecx
        to.load(EDX, Store.EDX);
        to.lastLoad(ECX, Store.ECX);
    }

    /** A callout where TF or IOPL would change, or an interrupt waits for IF. EFLAGS is free: POPF replaces it. */
    static void popf(Subject s, Emitter to) {
        to.save(Store.ECX, ECX);
        to.step(0x8b, 0x0c, 0x24); // mov ecx, [esp]
        to.step32(Store.SYSTEM_FLAGS, 0x65, 0x33, 0x0d); // xor ecx, gs:[system flags]
        to.step32(Eflags.TF | Eflags.IOPL, 0xf7, 0xc1); // test ecx, imm
        int slow = to.jump8(JNE);
        to.step32(Eflags.IF, 0x81, 0xe1); // and ecx, imm
        to.step32(Store.PENDING, 0x65, 0x85, 0x0d); // test gs:[pending], ecx
        int quiet = to.jump8(JE);
        to.land(slow);
        to.load(ECX, Store.ECX);
        to.callout();
        to.land(quiet);
        to.save(Store.VIRTUAL_IF, ECX);
        to.load(ECX, Store.ECX);
        to.last(0x9d);
    }
}
