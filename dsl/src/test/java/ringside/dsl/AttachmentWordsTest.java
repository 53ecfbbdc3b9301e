package ringside.dsl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ringside.lab.Attachment;
import ringside.lab.ServerSpec;

/** Disks and network adapters of a server block. */
class AttachmentWordsTest {
    private static ServerSpec server(String words) {
        return Scripts.run("server {\n" + words + "\n}").server().orElseThrow();
    }

    @Test
    void what_is_attached_is_part_of_the_server_and_of_its_title() {
        ServerSpec server = server("disk 'data', size: 4.MiB\n disk 'sys', size: 1536, number: 2\n nic 'lan'");
        assertThat(server.attachments()).extracting(Attachment::name).isEqualTo(List.of("data", "sys", "lan"));
        assertThat(server.title()).endsWith(" · disk data 4 MiB · disk sys 3 sectors · nic lan");
    }

    @Test
    void a_disk_without_a_number_takes_the_first_that_is_free() {
        ServerSpec server = server("disk 'one', size: 512, number: 0\n disk 'two', size: 512");
        assertThat(server.attachments().getLast())
                .isInstanceOfSatisfying(
                        Attachment.Drive.class,
                        drive -> assertThat(drive.number()).isEqualTo(1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "disk 'a'|disk 'a' does not take|write disk",
                "disk 'a', number: 1|disk 'a' has neither size and image|write disk",
                "disk 'a', size: 5|disk 'a' cannot have a size of 5 bytes|whole sectors of 512 bytes",
                "disk 'a', size: 0|disk 'a' cannot have a size of 0 bytes|whole sectors of 512 bytes",
                "disk 'a', size: 1.GiB|disk 'a' cannot have a size of 1073741824 bytes|up to 256 MiB",
                "disk 'a', size: '4'|disk 'a' cannot have a size of '4'|size: 4.MiB",
                "disk 'a', image: 'nope.img'|there is no file|check the path",
                "disk 'a', image: 4|the image of disk 'a' is 4|in quotes",
                "disk 'a', sise: 512|unknown setting 'sise' in disk|did you mean 'size'?",
                "disk 'a', size: 512; nic 'a'|something named 'a' is attached already|another name",
                "disk 'a', size: 512; disk 'b', size: 512, number: 0|number 0, and so has disk 'a'|of its own",
                "disk 'a', size: 512, number: 99|disk 'a' cannot have number 99|numbers are 0 to 15",
                "nic 4|'nic' in server does not take 4|write nic 'lan'",
            })
    void a_mistake_is_told_where_it_stands(String words, String what, String remedy) {
        assertThatThrownBy(() -> server(words))
                .hasMessageStartingWith("(test.groovy, line 2) ")
                .message()
                .satisfiesAnyOf(
                        message -> assertThat(message).contains(what, remedy),
                        message -> assertThat(message).contains("'disk' in server does not take 'a'", remedy));
    }
}
