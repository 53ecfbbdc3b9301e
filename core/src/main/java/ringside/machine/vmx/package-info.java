/**
 * Hardware assist in the manner of VT-x: root and non-root operation, VMCS, checked entry, exits, nested tables.
 *
 * <p>It is hardware and so stands below every VMM: {@link ringside.machine.vmx.VmxUnit} implements what {@code
 * machine.cpu} declares as {@code Intercepts}. Root software writes a {@link ringside.machine.vmx.Vmcs}, asks for {@link
 * ringside.machine.vmx.VmxUnit#enter}, lets the engine run and looks at the exit fields when it comes back with {@code
 * Stop.VmExit}. Controls, entry checks and exit reasons are data; what a processor does not offer must be 0.
 *
 * <p>Three generations, by features of the processor: VMX alone (2005); with EPT, VPID, descriptor-table exiting (2008);
 * with unrestricted guest (2010). The second dimension of a walk is {@code machine.paging.NestedWalk}; {@link
 * ringside.machine.vmx.EptPointer} says which format it has, EPT's four levels or, this processor's own, two levels of
 * ordinary entries.
 *
 * <p>Invariants: an instruction that exits has had no effect and has not retired, and what shadowed it still does; an exit
 * during event delivery leaves the event in the IDT-vectoring fields; a task switch always exits; what the manual does not
 * switch (general registers, CR2, DR0-3, DR6) is not switched. Entry and exit flush all translations unless a VPID tags
 * them. Whatever a VMCS holds, entry fails as the manual says, or the guest runs.
 */
package ringside.machine.vmx;
