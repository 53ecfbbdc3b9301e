package ringside.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.cli.Option;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Completeness: what a command must declare, and that none was forgotten. */
class CommandsTest {
    static List<Command> commands() {
        return Commands.ALL;
    }

    @Test
    void every_class_called_Command_is_registered() throws Exception {
        Path sources = Path.of(System.getProperty("ringside.root", ".."), "shell/src/main/java/ringside/shell");
        try (Stream<Path> files = Files.list(sources)) {
            List<String> declared = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("\\w+Command\\.java"))
                    .map(name -> name.replace(".java", ""))
                    .sorted()
                    .toList();
            assertThat(Commands.ALL.stream()
                            .map(c -> c.getClass().getSimpleName())
                            .sorted()
                            .toList())
                    .as("a command is registered by a line in Commands.ALL")
                    .isEqualTo(declared);
        }
    }

    @Test
    void names_are_unique() {
        assertThat(Commands.ALL.stream().map(Command::name).toList()).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void a_command_says_in_one_line_what_it_does(Command command) {
        assertThat(command.name()).matches("[a-z][a-z-]*");
        assertThat(command.summary())
                .isNotBlank()
                .doesNotContain("\n")
                .doesNotEndWith(".")
                .hasSizeLessThan(76);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void every_option_has_a_long_name_a_description_and_a_name_for_its_argument(Command command) {
        for (Option option : command.options().getOptions()) {
            assertThat(option.getLongOpt()).isNotNull();
            assertThat(option.getDescription()).as(option.getLongOpt()).isNotBlank();
            assertThat(!option.hasArg() || option.getArgName() != null)
                    .as(option.getLongOpt())
                    .isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void help_shows_the_command_and_each_of_its_options(Command command) {
        assertThat(HelpCommand.overview()).contains(command.name()).contains(command.summary());
        String page = HelpCommand.page(command);
        assertThat(page).startsWith("Usage: ringside " + command.name());
        command.options().getOptions().forEach(option -> assertThat(page).contains("--" + option.getLongOpt()));
    }
}
