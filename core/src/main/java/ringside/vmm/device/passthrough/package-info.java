/** placeholder */
package ringside.vmm.device.passthrough;
