// INT n through a gate of DPL 0 is closed to ring 1: a fault that the bare machine does not raise. A VMM may carry the
// instruction out ('recover'), or hand the fault to the guest ('reflect').
def sample = guest('int') {
    kernel {
        xor ebx, ebx
        int 0x30
        checkpoint 'handled', ebx
        halt
    }
    interrupt 0x30, {
        mov ebx, 1
        returnFromInterrupt
    }
    interrupt 13, {                  // only where the fault is reflected
        pop ebx                      // the error code: vector * 8 + 2
        checkpoint 'handled', ebx
        halt
    }
}

server { year 2006 }               // VMX, no UMIP

experiment("INT n finds the gate closed") {
    run sample, under: [bare, deprivileged, deprivileged(onFault: 'reflect'), paravirtual, translated, hardware]
    expect deprivileged.equivalent
    expect deprivileged(onFault: 'reflect').diverges(because: INT)
    expect paravirtual.equivalent
    expect translated.equivalent
    expect hardware.equivalent
}
