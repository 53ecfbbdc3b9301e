// SLDT stores the selector that is in the register: the VMM's, for the shadow of the guest's LDT.
def sample = guest('sldt') {
    kernel {
        sldt eax
        checkpoint 'ldtr', ax
        halt
    }
}

server { year 2006 }               // VMX, no UMIP

experiment("SLDT shows the VMM's selector") {
    run sample, under: [bare, deprivileged, paravirtual, translated, hardware]
    expect deprivileged.diverges(because: SLDT)
    expect paravirtual.diverges(because: SLDT)     // a ported kernel has no use for it
    expect translated.equivalent
    expect hardware.equivalent
}
