package ringside.machine.devices;

import ringside.machine.bus.BytePorts;
import ringside.machine.bus.IrqLine;
import ringside.machine.state.StateVisitor;
import ringside.machine.time.ClockRate;
import ringside.machine.time.VirtualClock;

/**
 * The 8254 timer at 40h-43h and the part of port 61h that belongs to it.
 *
 * <p>Channel 0 drives IRQ 0, channel 1 once refreshed memory, channel 2 has its gate and its output at port 61h. CLK
 * runs at 1.193182 MHz of virtual time, counted exactly from tick 0; a write takes effect at the first CLK after it.
 */
public final class Pit implements Device, BytePorts {
    public static final long HERTZ = 1_193_182;
    private static final int SPEAKER = 0x61;

    private final VirtualClock clock;
    private final ClockRate rate = new ClockRate(HERTZ);
    private final VirtualClock.Alarm alarm;
    private final PitChannel[] channels;
    /** CLK pulses that the channels have seen. */
    private long clocks;
    /** Bit 1 of port 61h: speaker data; kept for reading back. */
    private int speaker;

    public Pit(VirtualClock clock, IrqLine irq0) {
        this.clock = clock;
        alarm = clock.alarm("pit", due -> arm());
        channels = new PitChannel[] {
            new PitChannel(true, irq0),
            new PitChannel(true, IrqLine.UNCONNECTED),
            new PitChannel(false, IrqLine.UNCONNECTED)
        };
    }

    @Override
    public void settle() {
        long now = rate.cyclesAt(clock.now());
        for (PitChannel channel : channels) {
            channel.advance(now - clocks);
        }
        clocks = now;
    }

    /** Settles and sets the alarm to the next CLK at which channel 0 does more than count. */
    private void arm() {
        settle();
        long quiet = channels[0].quiet();
        if (quiet == PitChannel.FOREVER) {
            alarm.cancel();
        } else {
            alarm.at(rate.tickOf(clocks + quiet + 1));
        }
    }

    @Override
    public boolean mayInterrupt() {
        return alarm.due() != VirtualClock.NEVER;
    }

    @Override
    public int in8(int port) {
        settle();
        if (port == SPEAKER) {
            // bit 4 follows the refresh requests of channel 1's time: every 15 us
            int refresh = (int) (clock.now() / 1500 & 1) << 4;
            return speaker | (channels[2].gate() ? 1 : 0) | refresh | (channels[2].out() ? 0x20 : 0);
        }
        return port == 0x43 ? 0xff : channels[port & 3].read();
    }

    @Override
    public void out8(int port, int value) {
        settle();
        if (port == SPEAKER) {
            speaker = value & 0x0e;
            channels[2].gate((value & 1) != 0);
        } else if (port == 0x43) {
            controlWord(value);
        } else {
            channels[port & 3].write(value);
        }
        arm();
    }

    private void controlWord(int value) {
        if (value >> 6 == 3) {
            readBack(value);
        } else if ((value & 0x30) == 0) {
            channels[value >> 6].latchCount();
        } else {
            channels[value >> 6].control(value);
        }
    }

    private void readBack(int value) {
        for (int i = 0; i < channels.length; i++) {
            if ((value >> i + 1 & 1) != 0) {
                if ((value & 0x20) == 0) {
                    channels[i].latchCount();
                }
                if ((value & 0x10) == 0) {
                    channels[i].latchStatus();
                }
            }
        }
    }

    @Override
    public String stateName() {
        return "pit";
    }

    @Override
    public void visit(StateVisitor v) {
        clocks = v.int64("clocks", clocks);
        speaker = v.int32("speaker", speaker);
        for (int i = 0; i < channels.length; i++) {
            channels[i].visit("channel" + i + ".", v);
        }
    }
}
