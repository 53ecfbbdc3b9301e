// LAR loads the access rights of a descriptor. The shadow has DPL 1 where the guest's own has DPL 0.
def sample = guest('lar') {
    kernel {
        mov ecx, 0x10                // the kernel's data segment
        lar eax, cx
        checkpoint 'rights', eax
        halt
    }
}

server { year 2006 }               // VMX, no UMIP

experiment("LAR shows the shadow's DPL") {
    run sample, under: [bare, deprivileged, paravirtual, translated, hardware]
    expect deprivileged.diverges(because: LAR)
    expect paravirtual.diverges(because: LAR)     // a ported kernel has no use for it
    expect translated.equivalent
    expect hardware.equivalent
}
