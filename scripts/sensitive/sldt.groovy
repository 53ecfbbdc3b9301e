// SLDT stores the selector that is in the register: the VMM's, for the shadow of the guest's LDT.
def sample = guest('sldt') {
    kernel {
        sldt eax
        checkpoint 'ldtr', ax
        hlt
    }
}

server { year 2006 }               // VMX, no UMIP

experiment("SLDT shows the VMM's selector") {
    run sample, under: [bare, deprivileged, translated, hardware]
    expect deprivileged.diverges(because: SLDT)
    expect translated.equivalent
    expect hardware.equivalent
}
