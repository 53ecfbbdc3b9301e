// SMSW is MOV from CR0 without its privilege check. The VMM keeps NE, TS
// and MP set for itself, which the guest never did.
def sample = guest('smsw') {
    kernel {
        smsw ax
        checkpoint 'cr0', ax
        halt
    }
}

server { year 2006 }               // VMX, no UMIP

experiment("SMSW shows the real CR0") {
    run sample, under: [bare, deprivileged, paravirtual, translated, hardware]
    expect deprivileged.diverges(because: SMSW)
    expect paravirtual.diverges(because: SMSW)     // a ported kernel has no use for it
    expect translated.equivalent
    expect hardware.equivalent
}
