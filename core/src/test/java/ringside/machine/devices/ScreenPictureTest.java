package ringside.machine.devices;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** What a guest wrote to the text screen, on a terminal and as a picture that others can read. */
class ScreenPictureTest {
    private static final int MEMORY = 0xb8000;

    private final TestMachine machine = new TestMachine();

    ScreenPictureTest() {
        for (int place = 0; place < 80 * 25; place++) {
            put(place, ' ', 0x07);
        }
        machine.out(0x3d4, 0x0e).out(0x3d5, 0).out(0x3d4, 0x0f).out(0x3d5, 5);
    }

    private void put(int place, int character, int attribute) {
        machine.ram[MEMORY + 2 * place] = (byte) character;
        machine.ram[MEMORY + 2 * place + 1] = (byte) attribute;
    }

    private ScreenPicture picture() {
        return machine.platform.device(TextScreen.class).picture();
    }

    private BufferedImage drawn() throws IOException {
        return ImageIO.read(new ByteArrayInputStream(picture().png()));
    }

    /** The dots of the font in one cell, as text. */
    private static String cell(BufferedImage image, int column, int row, int colour) {
        StringBuilder dots = new StringBuilder();
        for (int y = 0; y < 8; y++) {
            for (int x = 0; x < 6; x++) {
                int rgb = image.getRGB(column * 12 + 2 * x, row * 16 + 2 * y) & 0xffffff;
                dots.append(rgb == colour ? '#' : '.');
            }
            dots.append('\n');
        }
        return dots.toString();
    }

    @Test
    void a_letter_is_drawn_in_its_colours() throws IOException {
        put(81, 'R', 0x1e);
        BufferedImage image = drawn();
        assertThat(image.getWidth()).isEqualTo(960);
        assertThat(image.getHeight()).isEqualTo(400);
        assertThat(cell(image, 1, 1, 0xffff55)).isEqualTo("""
                ####..
                #...#.
                #...#.
                ####..
                #.#...
                #..#..
                #...#.
                ......
                """);
        assertThat(image.getRGB(12 + 11, 16 + 15) & 0xffffff).as("background").isEqualTo(0x0000aa);
    }

    @Test
    void the_cursor_is_a_line_below_its_place_unless_it_is_hidden() throws IOException {
        assertThat(cell(drawn(), 5, 0, 0xaaaaaa)).endsWith("######\n");
        machine.out(0x3d4, 0x0a).out(0x3d5, 0x20);
        assertThat(cell(drawn(), 5, 0, 0xaaaaaa)).doesNotContain("#");
    }

    @Test
    void every_printable_character_has_dots_of_its_own() {
        StringBuilder seen = new StringBuilder();
        for (int c = 0x21; c < 0x7f; c++) {
            StringBuilder dots = new StringBuilder("|");
            for (int i = 0; i < 35; i++) {
                dots.append(ScreenFont.dot(c, i % 5, i / 5) ? '#' : '.');
            }
            assertThat(seen.toString()).as("character %c", c).doesNotContain(dots);
            seen.append(dots);
        }
    }

    @Test
    void a_terminal_gets_code_page_437_in_colours() {
        put(0, 'A', 0x1e);
        put(1, 0xdb, 0x04);
        String[] lines = picture().ansi().split("\n");
        assertThat(lines).hasSize(25);
        assertThat(lines[0]).startsWith("\u001b[93;44mA\u001b[31;40m\u2588\u001b[37;40m ");
    }

    @Test
    void the_same_screen_gives_the_same_bytes() {
        put(3, 's', 0x07);
        assertThat(picture().png()).isEqualTo(picture().png());
    }
}
