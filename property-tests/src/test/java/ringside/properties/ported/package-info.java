/**
 * Random lives of page tables for a ported kernel, whose bare form does the same.
 *
 * <p>A {@link ringside.properties.ported.TableSteps} is one fixed kernel, written in the language of scripts so that both
 * its forms come from one text, and a list of steps in its memory that it carries out: only data differs from program to
 * program, and nothing is compiled anew. A {@link ringside.properties.ported.TableProgram} draws the steps and knows what
 * the kernel's tables are like by then: it asks for nothing that would be refused, unless it is to be rude.
 */
package ringside.properties.ported;
