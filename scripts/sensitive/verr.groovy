// VERR asks whether a segment could be read. RPL 1 may not reach DPL 0, but the shadow has DPL 1.
def sample = guest('verr') {
    kernel {
        mov ecx, 0x11                // the kernel's data segment, RPL 1
        xor eax, eax
        verr cx
        setz al                      // 1: it could be read
        checkpoint 'answer', eax
        halt
    }
}

server { year 2006 }               // VMX, no UMIP

experiment("VERR says yes for no") {
    run sample, under: [bare, deprivileged, paravirtual, translated, hardware]
    expect deprivileged.diverges(because: VERR)
    expect paravirtual.diverges(because: VERR)     // a ported kernel has no use for it
    expect translated.equivalent
    expect hardware.equivalent
}
