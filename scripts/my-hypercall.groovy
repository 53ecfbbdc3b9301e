// A hypercall of one's own: declared here, called by name in the guest, carried out by a closure of this script.
hypercall(40, 'log', message: VA, length: LENGTH) { vm, message, length ->
    println "the guest says: ${vm.text(message, length).trim()}"
    vm.console << vm.read(message, length)
    length
}

def NOT_MAPPED = 0x900000           // beyond the 8 MiB of memory

def guest = guest('my hypercall') {
    kernel {
        hypercall 'log', message, end - message
        checkpoint 'logged', eax            // what the closure returned
        hypercall 'log', NOT_MAPPED, 4      // checked before the closure runs: -14, bad address
        checkpoint 'bad address', eax
        hypercall 'log', message, 0x20000   // LENGTH goes to 64 KiB: -7, too big
        checkpoint 'too long', eax
        halt
    }
    data {
        message: db 'hello from ring 1', 10
        end:
    }
}

experiment('Through INT') {
    server { year 2004; memory 8.MiB }
    run guest, under: [paravirtual]
    expect paravirtual.stops('halt')
    table hypercalls, refused
}
experiment('Through VMCALL, for this server has VMX: the hypercall page knows') {
    server { year 2006; memory 8.MiB }
    run guest, under: [paravirtual]
    expect paravirtual.stops('halt')
    table hypercalls, refused
}
