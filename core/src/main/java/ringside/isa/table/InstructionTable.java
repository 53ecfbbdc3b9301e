package ringside.isa.table;

import java.util.List;
import java.util.function.Consumer;
import ringside.isa.Row;

/** All rows, in the order of the families. The one list that decoder, assembler, disassembler and tests start from. */
public final class InstructionTable {
    /** One line a family file. */
    private static final List<Consumer<RowList>> FAMILIES = List.of(
            Arithmetic::rows,
            Shifts::rows,
            Multiplication::rows,
            Decimal::rows,
            BitOperations::rows,
            Moves::rows,
            SegmentMoves::rows,
            Stack::rows,
            FlagControl::rows,
            Branches::rows,
            Strings::rows,
            PortAccess::rows,
            FarControl::rows,
            SystemTables::rows,
            SystemControl::rows,
            Miscellany::rows,
            X87::rows,
            Mmx::rows,
            Sse::rows);

    /** Every row. */
    public static final List<Row> ROWS = collect();

    private InstructionTable() {}

    private static List<Row> collect() {
        RowList list = new RowList();
        FAMILIES.forEach(family -> family.accept(list));
        return list.rows();
    }
}
