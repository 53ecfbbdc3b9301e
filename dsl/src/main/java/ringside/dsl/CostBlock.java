package ringside.dsl;

import java.util.Set;
import java.util.TreeSet;
import ringside.lab.cost.CostModel;

/** {@code costs { trap 2500; vmExit 1200 }}: prices in cycles that replace the model's. */
public final class CostBlock extends Block {
    private CostModel model;

    CostBlock(CostModel model) {
        this.model = model;
    }

    @Override
    String blockName() {
        return "costs";
    }

    @Override
    Set<String> settings() {
        return new TreeSet<>(CostModel.words());
    }

    @Override
    String usage(String setting) {
        return setting + " 1000";
    }

    @Override
    Object misused(String name, Object[] arguments) {
        if (arguments.length == 1 && arguments[0] instanceof Number cycles) {
            model = model.with(name, cycles.doubleValue());
            return null;
        }
        return super.misused(name, arguments);
    }

    CostModel model() {
        return model;
    }
}
