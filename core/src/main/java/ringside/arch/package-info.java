/**
 * Facts of IA-32 without state: register numbers, flag bits, control bits, MSR and vector numbers, processor models.
 *
 * <p>Names and numbers are the manual's (SDM vol. 1-4); each class is one table of it. A {@link
 * ringside.arch.CpuModel} is a processor as bought in a given year: the set of {@link ringside.arch.Feature}s that
 * CPUID reports and that the CPU behaves by, so that "a server of 2004" is a value and the absence of VMX or UMIP a
 * fact that every layer can ask for.
 *
 * <p>Nothing here changes after class initialisation and nothing depends on another package: both the machine and the
 * VMM above it may use it without knowing of each other.
 */
package ringside.arch;
