// LSL loads the limit. The shadow ends below the VMM, which hides at the top of linear space.
def sample = guest('lsl') {
    kernel {
        mov ecx, 0x10                // the kernel's data segment: 4 GiB
        lsl eax, cx
        checkpoint 'limit', eax
        halt
    }
}

server { year 2006 }               // VMX, no UMIP

experiment("LSL shows the shadow's limit") {
    run sample, under: [bare, deprivileged, paravirtual, translated, hardware]
    expect deprivileged.diverges(because: LSL)
    expect paravirtual.diverges(because: LSL)     // a ported kernel has no use for it
    expect translated.equivalent
    expect hardware.equivalent
}
