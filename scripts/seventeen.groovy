// Seventeen (or eighteen: it is a matter of counting) instructions are sensitive, but do not trap outside ring 0. Each
// has a script of its own in sensitive/; here are their guests side by side. Where a cell says 'equal' the guest cannot
// tell. All but the instruction itself is written on operations, so that there is a ported form. paravirtual promises
// nothing for it: a ported kernel has operations in its place, and one that uses it in ring 1 sees as deprivileged does.
server { year 2006 }                 // VMX, no UMIP

matrix('Sensitive, unprivileged instructions') {
    heading 'instruction'
    under bare, deprivileged, deprivileged(onFault: 'reflect'), paravirtual, translated, hardware
    sensitive().each { row it.name, guestOf("sensitive/${it.file()}.groovy"), because: it.mnemonic }
    expect translated.equivalent
    expect hardware.equivalent
}
