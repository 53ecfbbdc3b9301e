// LSL loads the limit. The shadow ends below the VMM, which hides at the top of linear space.
def sample = guest('lsl') {
    kernel {
        mov ecx, 0x10                // the kernel's data segment: 4 GiB
        lsl eax, cx
        checkpoint 'limit', eax
        hlt
    }
}

server { year 2006 }               // VMX, no UMIP

experiment("LSL shows the shadow's limit") {
    run sample, under: [bare, deprivileged, translated, hardware]
    expect deprivileged.diverges(because: LSL)
    expect translated.equivalent
    expect hardware.equivalent
}
