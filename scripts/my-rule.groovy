// SMSW reads CR0 and traps in no ring, so a translator may not copy it. The mode has no rule for it: it calls the VMM.
// This script adds one: what the guest's CR0 holds stands in the VMM's segment already.
rule('smsw in the cache') {
    match SMSW, when: { vcpl == 0 && op0 in ['eax', 'ebx', 'ecx', 'edx', 'esi', 'edi'] }
    emit { mov op0, [gs: vcpu.cr0] }
}
def status = guest('status') {
    kernel {
        mov ecx, 500
        again:
        cmp ecx, 250                 // its flags must outlive SMSW
        smsw eax
        setb dl
        add ebx, edx
        dec ecx
        jnz again
        checkpoint 'status', eax, ebx
        hlt
    }
}
experiment('A rule for SMSW') {
    run status, under: [bare, translated(rules: false), translated]
    expect translated(rules: false).equivalent
    expect translated.equivalent
    table callouts, inCache, simulated, cycles, bill
}
