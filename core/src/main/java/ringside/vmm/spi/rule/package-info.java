/**
 * Translation rules as data: what a client adds to, or takes from, the rules of a mode that translates guest code.
 *
 * <p>A {@link ringside.vmm.spi.rule.TranslationRule} names the instructions it is for and says, for a {@link
 * ringside.vmm.spi.rule.Site}, with which {@link ringside.vmm.spi.rule.Step}s to translate one. {@link
 * ringside.vmm.spi.rule.RuleChange}s belong to the description of a virtual machine; the mode that uses them puts them in
 * order with its own, first match wins, and refuses what it could not stand behind.
 *
 * <p>Invariant: what a rule can ask of a site does not change while a translation made there is in use, so a rule is
 * evaluated at translation time alone. What changes (the virtual IF, whether an interrupt waits) is for the steps to look
 * at when they run.
 */
package ringside.vmm.spi.rule;
