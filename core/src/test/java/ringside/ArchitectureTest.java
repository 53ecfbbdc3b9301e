package ringside;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaFieldAccess;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import ringside.machine.state.SegmentRegister;

/** The layers, as data, and the few rules that keep the construction honest. */
class ArchitectureTest {
    /** From the bottom up: a package uses only itself and what stands before it. The longest matching name counts. */
    private static final List<String> LAYERS = List.of(
            "arch",
            "error",
            "observe",
            "isa",
            "guest",
            "machine.state",
            "machine.memory",
            "machine.bus",
            "machine.time",
            "machine.paging",
            "machine.segmentation",
            "machine.interrupts",
            "machine.cpu",
            "machine.vmx",
            "machine.iommu",
            "machine.devices",
            "machine.board",
            "engine",
            "vmm.vcpu",
            "vmm.frames",
            "vmm.spi",
            "vmm.device",
            "vmm.memory",
            "vmm.compression",
            "vmm.mode",
            "vmm",
            "host",
            "lab",
            "dsl",
            "shell",
            "benchmarks");

    /** Folders whose children are siblings: one folder, one technique; they meet in vmm.spi only. */
    private static final List<String> FAMILIES = List.of("vmm.mode", "vmm.memory", "vmm.device");

    /** Without VMX a VMM has no way to the hidden part of a segment register, and no way to set CPL. */
    private static final String[] NO_HIDDEN_PARTS = {
        "ringside.vmm.spi..",
        "ringside.vmm.compression..",
        "ringside.vmm.memory.shadow..",
        "ringside.vmm.mode.deprivileged..",
        "ringside.vmm.mode.translated..",
        "ringside.vmm.mode.paravirtual.."
    };

    private static final List<String> EMPTY_WORDS = List.of("Manager", "Util", "Utils", "Helper", "Impl");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(location -> isMain(location.toString()))
            .importPackages("ringside");

    @Test
    void a_package_uses_only_what_stands_below_it() {
        classes().should(useOnlyWhatStandsBelow()).check(CLASSES);
    }

    @Test
    void siblings_of_one_family_never_use_each_other() {
        classes().should(leaveSiblingsAlone()).allowEmptyShould(true).check(CLASSES);
    }

    @Test
    void without_vmm_the_instruction_set_the_machine_and_the_engine_still_compile() {
        noClasses()
                .that(resideInAnyPackage("ringside.isa..", "ringside.machine..", "ringside.engine.."))
                .should()
                .dependOnClassesThat(resideInAnyPackage("ringside.vmm.."))
                .check(CLASSES);
    }

    @Test
    void modes_without_assist_do_not_reach_hidden_segment_parts() {
        classes()
                .that(resideInAnyPackage(NO_HIDDEN_PARTS))
                .should(touchOnlyTheSelectorOfSegmentRegisters())
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void every_package_explains_itself() throws IOException {
        TreeSet<String> silent = new TreeSet<>();
        for (Path source : mainSources()) {
            if (!Files.exists(source.resolveSibling("package-info.java"))) {
                silent.add(root().relativize(source.getParent()).toString());
            }
        }
        assertThat(silent).as("packages without a package-info.java").isEmpty();
    }

    @Test
    void no_class_has_a_name_that_says_nothing() throws IOException {
        for (Path source : mainSources()) {
            String name = source.getFileName().toString().replace(".java", "");
            assertThat(EMPTY_WORDS).as("ending of " + source).noneMatch(name::endsWith);
        }
    }

    /** Whether a class file comes from a main source; asks the sources, whatever the build's folders are. */
    private static boolean isMain(String location) {
        String source = location.replaceFirst("^.*/(ringside/[^$.]+).*$", "$1.java");
        try (Stream<Path> modules = Files.list(root())) {
            return modules.anyMatch(
                    module -> Files.exists(module.resolve("src/main/java").resolve(source)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> mainSources() throws IOException {
        try (Stream<Path> modules = Files.list(root())) {
            List<Path> found = new ArrayList<>();
            for (Path main : modules.map(module -> module.resolve("src/main/java"))
                    .filter(Files::isDirectory)
                    .toList()) {
                try (Stream<Path> files = Files.walk(main)) {
                    files.filter(file -> file.toString().endsWith(".java")).forEach(found::add);
                }
            }
            assertThat(found).as("sources below " + root()).isNotEmpty();
            return found;
        }
    }

    private static Path root() {
        return Path.of(System.getProperty("ringside.root", ".."))
                .toAbsolutePath()
                .normalize();
    }

    // ---- conditions

    private static ArchCondition<JavaClass> useOnlyWhatStandsBelow() {
        return new ArchCondition<>("use only what stands below") {
            @Override
            public void check(JavaClass origin, ConditionEvents events) {
                int own = layer(origin);
                if (own < 0) {
                    violation(events, origin, origin.getName() + " is in no layer: give its package a place in LAYERS");
                    return;
                }
                for (Dependency dependency : origin.getDirectDependenciesFromSelf()) {
                    JavaClass target = dependency.getTargetClass();
                    int used = isOurs(target) ? layer(target) : own;
                    if (used > own) {
                        violation(
                                events,
                                origin,
                                origin.getName() + " uses " + target.getName() + ", which is not below it ("
                                        + LAYERS.get(own) + " < " + LAYERS.get(used) + ")");
                    }
                }
            }
        };
    }

    private static ArchCondition<JavaClass> leaveSiblingsAlone() {
        return new ArchCondition<>("leave their siblings alone") {
            @Override
            public void check(JavaClass origin, ConditionEvents events) {
                for (String family : FAMILIES) {
                    String own = child(family, origin);
                    for (Dependency dependency : origin.getDirectDependenciesFromSelf()) {
                        String other = child(family, dependency.getTargetClass());
                        if (!own.isEmpty() && !other.isEmpty() && !own.equals(other)) {
                            violation(
                                    events,
                                    origin,
                                    origin.getName() + " uses "
                                            + dependency.getTargetClass().getName()
                                            + ", its sibling: they meet in vmm.spi");
                        }
                    }
                }
            }
        };
    }

    private static ArchCondition<JavaClass> touchOnlyTheSelectorOfSegmentRegisters() {
        return new ArchCondition<>("touch only the selector of segment registers and never assign CPL") {
            @Override
            public void check(JavaClass origin, ConditionEvents events) {
                for (JavaAccess<?> access : origin.getAccessesFromSelf()) {
                    boolean selector = access.getName().equals("selector") && !assigns(access);
                    boolean hidden = access.getTargetOwner().isEquivalentTo(SegmentRegister.class) && !selector;
                    if (hidden || access.getName().equals("cpl") && assigns(access)) {
                        violation(events, origin, access.getDescription() + ": no ring-0 instruction can do that");
                    }
                }
            }
        };
    }

    private static boolean assigns(JavaAccess<?> access) {
        return access instanceof JavaFieldAccess field && field.getAccessType() == JavaFieldAccess.AccessType.SET;
    }

    private static void violation(ConditionEvents events, JavaClass origin, String message) {
        events.add(SimpleConditionEvent.violated(origin, message));
    }

    private static boolean isOurs(JavaClass type) {
        return type.getPackageName().startsWith("ringside");
    }

    /** The index of the longest layer name that holds the class, or -1. */
    private static int layer(JavaClass type) {
        String name = type.getPackageName().replaceFirst("^ringside\\.?", "");
        int best = -1;
        for (int i = 0; i < LAYERS.size(); i++) {
            String candidate = LAYERS.get(i);
            boolean holds = name.equals(candidate) || name.startsWith(candidate + ".");
            if (holds && (best < 0 || candidate.length() > LAYERS.get(best).length())) {
                best = i;
            }
        }
        return best;
    }

    /** The first package name below {@code family}, or nothing where the class is not in one. */
    private static String child(String family, JavaClass type) {
        String prefix = "ringside." + family + ".";
        String name = type.getPackageName();
        return name.startsWith(prefix) ? name.substring(prefix.length()).split("\\.")[0] : "";
    }
}
