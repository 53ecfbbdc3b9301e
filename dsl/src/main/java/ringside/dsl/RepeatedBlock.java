package ringside.dsl;

import groovy.lang.Closure;
import java.util.List;
import ringside.error.RingsideException;
import ringside.guest.GuestImage;
import ringside.lab.Expectation;
import ringside.lab.ExperimentSpec;

/** A block whose guests do something a few times and many times: the difference is looked at. */
abstract class RepeatedBlock extends StudyBlock {
    int few = 20;
    int many = 120;

    RepeatedBlock(String title, ScriptContext context) {
        super(title, context);
    }

    @Override
    String usage(String setting) {
        return setting.equals("repeat") ? "repeat 20, 120" : super.usage(setting);
    }

    /** How many repetitions the two runs have whose difference is taken. */
    public void repeat(int first, int second) {
        if (first < 0 || second <= first) {
            throw new RingsideException(
                    "repeat " + first + ", " + second + " is no difference", "", "give the smaller number first");
        }
        few = first;
        many = second;
    }

    @Override
    public void expect(Expectation expectation) {
        throw unknown("setting", "expect");
    }

    /** The guest that {@code make} makes of {@code arguments}; {@code what} is its name in messages. */
    final ExperimentSpec repeated(String what, String name, Object argument, Closure<?> make) {
        Object made = argument instanceof Object[] several ? make.call(several) : make.call(argument);
        if (made instanceof GuestImage image) {
            return spec(name, image, List.of());
        }
        throw new RingsideException(
                what + " makes " + kinds(new Object[] {made}) + ", no guest", "", "write " + usage("bench"));
    }
}
