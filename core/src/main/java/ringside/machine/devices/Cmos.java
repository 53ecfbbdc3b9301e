package ringside.machine.devices;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import ringside.machine.bus.BytePorts;
import ringside.machine.bus.IrqLine;
import ringside.machine.state.StateVisitor;
import ringside.machine.time.ClockRate;
import ringside.machine.time.VirtualClock;

/**
 * The MC146818 real-time clock with its 128 bytes of CMOS memory at 70h/71h.
 *
 * <p>The date starts where the configuration says and advances with virtual time, never with the wall clock. The
 * registers themselves hold the date, in BCD or binary, 12 or 24 hours, as register B says; garbage in them stands
 * still until it is replaced. IRQ 8 stays high until register C is read. Bit 7 of port 70h, the NMI mask, has no
 * effect.
 */
public final class Cmos implements Device, BytePorts {
    private static final int SECONDS = 0;
    private static final int MINUTES = 2;
    private static final int HOURS = 4;
    private static final int WEEKDAY = 6;
    private static final int DAY = 7;
    private static final int MONTH = 8;
    private static final int YEAR = 9;
    private static final int A = 10;
    private static final int B = 11;
    private static final int C = 12;
    private static final int D = 13;
    private static final int CENTURY = 0x32;

    private static final int SET = 0x80;
    private static final int BINARY = 4;
    private static final int HOURS_24 = 2;
    /** Periodic, alarm and update flag or enable, in C and B alike. */
    private static final int PERIODIC = 0x40;

    private static final int ALARM = 0x20;
    private static final int UPDATE = 0x10;

    /** An update is announced by UIP this long before it: 244 microseconds. */
    private static final long UIP_TICKS = 24_400;

    private static final long CRYSTAL = 32_768;

    private final VirtualClock clock;
    private final IrqLine irq8;
    private final VirtualClock.Alarm alarm;
    private final ClockRate crystal = new ClockRate(CRYSTAL);
    private final byte[] cells = new byte[128];
    private int index;
    /** The tick of the last update that was carried out. */
    private long updated;
    /** Crystal cycles up to which the periodic flag has been looked after. */
    private long divided;

    public Cmos(VirtualClock clock, IrqLine irq8, LocalDateTime start, long ramBytes) {
        this.clock = clock;
        this.irq8 = irq8;
        alarm = clock.alarm("rtc", due -> arm());
        cells[A] = 0x26;
        cells[B] = HOURS_24;
        cells[D] = (byte) 0x80;
        store(start);
        cells[WEEKDAY] = (byte) (start.getDayOfWeek().getValue() % 7 + 1);
        updated = clock.now();
        divided = crystal.cyclesAt(updated);
        memorySize(ramBytes);
        cells[0x14] = 0x24; // 80 x 25 colour, a keyboard controller with mouse port; no floppy
        checksum();
    }

    /** What a BIOS finds of the memory: base at 15h, extended at 17h and 30h, above 16 MiB at 34h. */
    private void memorySize(long ramBytes) {
        word(0x15, 640);
        int extended = (int) Math.clamp((ramBytes - (1 << 20)) / 1024, 0, 0xffff);
        word(0x17, extended);
        word(0x30, extended);
        word(0x34, (int) Math.clamp((ramBytes - (16 << 20)) / 0x1_0000, 0, 0xffff));
    }

    private void word(int at, int value) {
        cells[at] = (byte) value;
        cells[at + 1] = (byte) (value >> 8);
    }

    private void checksum() {
        int sum = 0;
        for (int i = 0x10; i <= 0x2d; i++) {
            sum += cells[i] & 0xff;
        }
        cells[0x2e] = (byte) (sum >> 8);
        cells[0x2f] = (byte) sum;
    }

    // ---- time

    private int encode(int value) {
        return (cells[B] & BINARY) != 0 ? value : value / 10 << 4 | value % 10;
    }

    private int decode(int cell) {
        int value = cells[cell] & 0xff;
        return (cells[B] & BINARY) != 0 ? value : (value >> 4) * 10 + (value & 15);
    }

    private int hour() {
        if ((cells[B] & HOURS_24) != 0) {
            return decode(HOURS);
        }
        boolean afternoon = cells[HOURS] < 0;
        byte raw = cells[HOURS];
        cells[HOURS] &= 0x7f;
        int hour = decode(HOURS) % 12 + (afternoon ? 12 : 0);
        cells[HOURS] = raw;
        return hour;
    }

    private void store(LocalDateTime t) {
        cells[SECONDS] = (byte) encode(t.getSecond());
        cells[MINUTES] = (byte) encode(t.getMinute());
        if ((cells[B] & HOURS_24) != 0) {
            cells[HOURS] = (byte) encode(t.getHour());
        } else {
            int hour = t.getHour() % 12 == 0 ? 12 : t.getHour() % 12;
            cells[HOURS] = (byte) (encode(hour) | (t.getHour() >= 12 ? 0x80 : 0));
        }
        cells[DAY] = (byte) encode(t.getDayOfMonth());
        cells[MONTH] = (byte) encode(t.getMonthValue());
        cells[YEAR] = (byte) encode(t.getYear() % 100);
        cells[CENTURY] = (byte) encode(t.getYear() / 100);
    }

    private LocalDateTime date() {
        return LocalDateTime.of(
                decode(CENTURY) * 100 + decode(YEAR),
                decode(MONTH),
                decode(DAY),
                hour(),
                decode(MINUTES),
                decode(SECONDS));
    }

    /** One second has passed. */
    private void update() {
        int day = cells[DAY];
        try {
            store(date().plusSeconds(1));
        } catch (DateTimeException garbage) {
            return;
        }
        if (cells[DAY] != day) {
            cells[WEEKDAY] = (byte) ((cells[WEEKDAY] & 7) % 7 + 1);
        }
        cells[C] |= UPDATE;
        if (alarmMatches(1, SECONDS) && alarmMatches(3, MINUTES) && alarmMatches(5, HOURS)) {
            cells[C] |= ALARM;
        }
    }

    /** The alarm register agrees with the time, or does not care: C0h and above. */
    private boolean alarmMatches(int alarmCell, int timeCell) {
        return (cells[alarmCell] & 0xc0) == 0xc0 || cells[alarmCell] == cells[timeCell];
    }

    private boolean running() {
        return (cells[B] & SET) == 0 && (cells[A] & 0x70) == 0x20;
    }

    /** The periodic interrupt's period in crystal cycles, 0 if it is off. */
    private long period() {
        int rate = cells[A] & 15;
        return rate == 0 ? 0 : 1L << (rate <= 2 ? rate + 6 : rate - 1);
    }

    @Override
    public void settle() {
        if (running()) {
            for (; updated + VirtualClock.TICKS_PER_SECOND <= clock.now(); updated += VirtualClock.TICKS_PER_SECOND) {
                update();
            }
        }
        long now = crystal.cyclesAt(clock.now());
        if (period() != 0 && now / period() > divided / period()) {
            cells[C] |= PERIODIC;
        }
        divided = now;
        interrupt();
    }

    private void interrupt() {
        boolean asked = (cells[C] & cells[B] & (PERIODIC | ALARM | UPDATE)) != 0;
        cells[C] = (byte) (asked ? cells[C] | 0x80 : cells[C] & 0x7f);
        irq8.set(asked);
    }

    /** Settles and sets the alarm to the next event that an enabled interrupt waits for. */
    private void arm() {
        settle();
        long next = VirtualClock.NEVER;
        if (running() && (cells[B] & (ALARM | UPDATE)) != 0) {
            next = updated + VirtualClock.TICKS_PER_SECOND;
        }
        if ((cells[B] & PERIODIC) != 0 && period() != 0) {
            next = Math.min(next, crystal.tickOf((divided / period() + 1) * period()));
        }
        alarm.at(next);
    }

    @Override
    public boolean mayInterrupt() {
        // while register C waits to be read the line is up and no edge comes
        return alarm.due() != VirtualClock.NEVER && cells[C] >= 0;
    }

    // ---- ports

    @Override
    public int in8(int port) {
        if ((port & 1) == 0) {
            return 0xff;
        }
        settle();
        int value = cells[index] & 0xff;
        if (index == A) {
            boolean inProgress = running() && updated + VirtualClock.TICKS_PER_SECOND - clock.now() <= UIP_TICKS;
            return value & 0x7f | (inProgress ? 0x80 : 0);
        }
        if (index == C) {
            cells[C] = 0;
            interrupt();
        }
        return value;
    }

    @Override
    public void out8(int port, int value) {
        if ((port & 1) == 0) {
            index = value & 0x7f;
            return;
        }
        settle();
        boolean ran = running();
        switch (index) {
            case A -> cells[A] = (byte) (value & 0x7f);
            case B -> cells[B] = (byte) ((value & SET) != 0 ? value & ~UPDATE : value);
            case C, D -> {} // read-only
            default -> cells[index] = (byte) value;
        }
        if (running() && !ran) {
            // the divider starts anew: the first update comes half a second after a reset, a second after SET
            updated = clock.now() - (index == A ? VirtualClock.TICKS_PER_SECOND / 2 : 0);
        }
        arm();
    }

    @Override
    public String stateName() {
        return "cmos";
    }

    @Override
    public void visit(StateVisitor v) {
        v.bytes("cells", cells);
        index = v.int32("index", index);
        updated = v.int64("updated", updated);
        divided = v.int64("divided", divided);
    }
}
