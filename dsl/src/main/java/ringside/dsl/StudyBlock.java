package ringside.dsl;

import java.util.List;
import java.util.Map;
import ringside.error.RingsideException;
import ringside.guest.GuestImage;

/** A block that runs several guests under the same settings: the words of an experiment, {@code under} instead of {@code run}. */
abstract class StudyBlock extends ExperimentBlock {
    StudyBlock(String title, ScriptContext context) {
        super(title, context);
    }

    @Override
    String usage(String setting) {
        return setting.equals("under") ? "under bare, translated, hardware" : super.usage(setting);
    }

    /** The settings: the columns. */
    public void under(Object... modes) {
        for (Object mode : modes) {
            settings.add(setting(mode, Map.of()));
        }
    }

    @Override
    public void run(Map<String, ?> named, GuestImage image) {
        throw unknown("setting", "run");
    }

    @Override
    public void run(GuestImage image) {
        throw unknown("setting", "run");
    }

    @Override
    public void explain(Map<String, ?> named, Object address) {
        throw ofExperiments("explain");
    }

    @Override
    public void heat(Map<String, ?> named) {
        throw ofExperiments("heat");
    }

    private RingsideException ofExperiments(String word) {
        return new RingsideException(
                "'" + word + "' does not stand in " + blockName(), "", "write it in an experiment of one guest");
    }

    /** Refuses a block without settings, or without what it is to run. */
    final void requireContent(List<?> content, String usage) {
        if (settings.isEmpty()) {
            throw new RingsideException(
                    blockName() + " '" + title + "' names no mode", "", "write under bare, translated, hardware");
        }
        if (content.isEmpty()) {
            throw new RingsideException(blockName() + " '" + title + "' runs nothing", "", "write " + usage);
        }
    }
}
