// VERW asks whether a segment could be written. RPL 1 may not reach DPL 0, but the shadow has DPL 1.
def sample = guest('verw') {
    kernel {
        mov ecx, 0x11                // the kernel's data segment, RPL 1
        xor eax, eax
        verw cx
        setz al                      // 1: it could be written
        checkpoint 'answer', eax
        hlt
    }
}

server { year 2006 }               // VMX, no UMIP

experiment("VERW says yes for no") {
    run sample, under: [bare, deprivileged, translated, hardware]
    expect deprivileged.diverges(because: VERW)
    expect translated.equivalent
    expect hardware.equivalent
}
