/**
 * Properties that look at the laboratory's own comparison, instruction by instruction: what a fuzzer that knows no class of
 * sensitivity finds to differ must be what the literature lists.
 */
package ringside.lab;
