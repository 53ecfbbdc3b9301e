/**
 * Hardware assist in the manner of VT-x, generation 1: root and non-root operation, VMCS, checked entry, exits.
 *
 * <p>It is hardware and so stands below every VMM: {@link ringside.machine.vmx.VmxUnit} implements what {@code
 * machine.cpu} declares as {@code Intercepts}. Root software writes a {@link ringside.machine.vmx.Vmcs}, asks for {@link
 * ringside.machine.vmx.VmxUnit#enter}, lets the engine run and looks at the exit fields when it comes back with {@code
 * Stop.VmExit}. Controls, entry checks and exit reasons are data; what is not offered must be 0.
 *
 * <p>Invariants: an instruction that exits has had no effect and has not retired; an exit during event delivery leaves the
 * event in the IDT-vectoring fields; a task switch always exits; what the manual does not switch (general registers, CR2,
 * DR0-3, DR6) is not switched. Entry and exit flush all translations: there is no VPID.
 */
package ringside.machine.vmx;
