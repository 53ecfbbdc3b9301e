package ringside.host;

import ringside.vmm.spi.VmSpec;

/**
 * A virtual machine as a server is asked for it.
 *
 * @param name unique on the server
 * @param mode by its word
 * @param spec of the machine; whatever memory of a machine it names, it gets frames of the server's
 * @param weight its share where a scheduler weighs, at least 1
 */
public record TenantSpec(String name, String mode, VmSpec spec, int weight) {}
