package ringside.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ringside.arch.CpuModel;
import ringside.guest.FlatImage;
import ringside.guest.ImageFile;
import ringside.machine.devices.DeviceSettings;
import ringside.vmm.spi.VmSpec;

/** Turns, time and accounts on a server with guests of a few bytes. */
class ServerTest {
    private static final long SLICE = 1_000;
    /** jmp $ */
    private static final String SPIN = "ebfe";
    /** mov ecx, 5000; loop $; mov al, 7; out f4, al: 5,003 instructions. */
    private static final String COUNT = "b988130000e2feb007e6f4";
    /** cli; hlt */
    private static final String SLEEP = "faf4";

    private static TenantSpec vm(String name, String mode, int weight, String code) {
        byte[] bytes = HexFormat.of().parseHex(code);
        VmSpec spec = new VmSpec(
                CpuModel.ofYear(2008),
                DeviceSettings.of(2 << 20),
                List.of(),
                FlatImage.of(new ImageFile(name, bytes), 0x100000),
                "interpreter",
                "",
                Map.of());
        return new TenantSpec(name, mode, spec, weight);
    }

    private static Scheduler scheduler(String name) {
        return Schedulers.named(name).make().apply(SLICE);
    }

    private static Server server(int processors, Scheduler scheduler, TenantSpec... tenants) {
        return new Server(new ServerPlan(List.of(tenants), scheduler, processors, 0, Clocks.MACHINE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"deprivileged", "translated", "hardware"})
    void a_guest_ends_as_it_says_after_as_many_ticks_as_it_has_instructions(String mode) {
        Server server = server(1, scheduler("roundRobin"), vm("a", mode, 1, COUNT));
        server.run(1_000_000);
        Tenant tenant = server.tenant("a");
        assertThat(tenant.stopped()).isEqualTo("exit-port");
        assertThat(tenant.exitCode()).isEqualTo(7);
        assertThat(tenant.run()).isEqualTo(5_003);
        assertThat(server.now()).isEqualTo(5_003);
        assertThat(tenant.turns()).isEqualTo(6);
        assertThat(tenant.switches()).isEqualTo(1);
    }

    @Test
    void round_robin_gives_each_the_same() {
        Server server = server(
                1,
                scheduler("roundRobin"),
                vm("a", "hardware", 1, SPIN),
                vm("b", "translated", 5, SPIN),
                vm("c", "deprivileged", 1, SPIN));
        server.run(30_000);
        assertThat(server.tenants()).allSatisfy(tenant -> {
            assertThat(tenant.run()).isEqualTo(10_000);
            assertThat(tenant.steal()).isEqualTo(20_000);
            assertThat(tenant.idle()).isZero();
            assertThat(tenant.ended()).isFalse();
        });
        assertThat(server.unused()).isZero();
    }

    @Test
    void weights_share_time_in_proportion_and_whoever_comes_back_from_sleep_has_no_credit() {
        Server server = server(
                1,
                scheduler("weighted"),
                vm("heavy", "hardware", 3, SPIN),
                vm("light", "hardware", 1, SPIN),
                vm("short", "hardware", 1, COUNT));
        server.run(45_003);
        assertThat(server.tenant("short").stopped()).isEqualTo("exit-port");
        long rest = server.tenant("heavy").run() + server.tenant("light").run();
        assertThat(rest).isEqualTo(40_000);
        assertThat(server.tenant("heavy").run()).isBetween(29_000L, 31_000L);
    }

    @Test
    void who_sleeps_for_good_leaves_the_processor_to_others_and_is_idle() {
        Server server =
                server(1, scheduler("roundRobin"), vm("a", "hardware", 1, SLEEP), vm("b", "translated", 1, COUNT));
        server.run(1_000_000);
        assertThat(server.tenant("a").stopped()).isEqualTo("halt");
        assertThat(server.tenant("a").run()).isEqualTo(2);
        assertThat(server.tenant("b").steal()).isEqualTo(2);
    }

    @Test
    void two_processors_never_run_one_tenant_at_once() {
        Server server = server(
                2,
                scheduler("roundRobin"),
                vm("a", "hardware", 1, SPIN),
                vm("b", "hardware", 1, SPIN),
                vm("c", "hardware", 1, SPIN));
        server.run(30_000);
        assertThat(server.tenants().stream().mapToLong(Tenant::run).sum()).isEqualTo(60_000);
        assertThat(server.tenants()).allSatisfy(tenant -> {
            assertThat(tenant.run()).isEqualTo(20_000);
            assertThat(tenant.steal()).isEqualTo(10_000);
        });
        Server idle = server(3, scheduler("roundRobin"), vm("a", "hardware", 1, SPIN));
        idle.run(10_000);
        assertThat(idle.unused()).isEqualTo(20_000);
    }

    @Test
    void a_run_in_pieces_is_the_run_in_one() {
        Server whole = server(1, scheduler("weighted"), vm("a", "translated", 1, COUNT), vm("b", "hardware", 2, SPIN));
        Server pieces = server(1, scheduler("weighted"), vm("a", "translated", 1, COUNT), vm("b", "hardware", 2, SPIN));
        whole.run(40_000);
        for (long limit = SLICE; limit <= 40_000; limit += SLICE) {
            pieces.run(limit);
        }
        for (String name : List.of("a", "b")) {
            assertThat(pieces.tenant(name).run()).isEqualTo(whole.tenant(name).run());
            assertThat(pieces.tenant(name).steal()).isEqualTo(whole.tenant(name).steal());
        }
    }

    @Test
    void what_the_server_does_by_itself_comes_between_turns_in_its_order() {
        Server server = server(1, scheduler("roundRobin"), vm("a", "hardware", 1, SPIN));
        List<String> done = new ArrayList<>();
        server.every(2_500, tick -> done.add("x" + tick + "@" + server.now()));
        server.every(4_000, tick -> done.add("y" + tick));
        server.run(9_000);
        assertThat(done).containsExactly("x2500@2500", "y4000", "x5000@5000", "x7500@7500", "y8000");
    }

    @Test
    void only_one_runs_where_that_is_asked_for_and_has_the_frames_that_it_has_among_others() {
        Server all = server(1, scheduler("roundRobin"), vm("a", "hardware", 1, COUNT), vm("b", "hardware", 1, COUNT));
        Server one = server(1, scheduler("roundRobin"), vm("a", "hardware", 1, COUNT), vm("b", "hardware", 1, COUNT));
        one.runOnly(one.tenant("b"));
        all.run(100_000);
        one.run(100_000);
        assertThat(one.tenant("a").turns()).isZero();
        assertThat(one.now()).isEqualTo(5_003);
        assertThat(one.tenant("b").frames().orElseThrow().held())
                .isEqualTo(all.tenant("b").frames().orElseThrow().held());
    }

    @Test
    void a_scheduler_that_gives_what_cannot_be_is_told_so() {
        Server server = server(
                1,
                new Scheduler() {
                    @Override
                    public String title() {
                        return "wrong";
                    }

                    @Override
                    public Turn choose(long now, int processor, List<Tenant> ready) {
                        return new Turn(ready.getFirst(), 0);
                    }
                },
                vm("a", "hardware", 1, SPIN));
        assertThatThrownBy(() -> server.run(10_000))
                .hasMessageContaining("a turn that cannot be: 0 ticks for VM 'a'")
                .hasMessageContaining("tick 0 of machine time");
    }

    @Test
    void what_no_server_can_have_is_refused() {
        assertThatThrownBy(() -> server(1, scheduler("roundRobin"))).hasMessageContaining("the server has no VM");
        assertThatThrownBy(() -> server(0, scheduler("roundRobin"), vm("a", "hardware", 1, SPIN)))
                .hasMessageContaining("0 processors");
        assertThatThrownBy(() ->
                        server(1, scheduler("roundRobin"), vm("a", "hardware", 1, SPIN), vm("a", "hardware", 1, SPIN)))
                .hasMessageContaining("two VMs 'a'");
        assertThatThrownBy(() -> server(1, scheduler("roundRobin"), vm("a", "hardware", 0, SPIN)))
                .hasMessageContaining("weight 0");
        assertThatThrownBy(() -> scheduler("roundrobin")).hasMessageContaining("did you mean 'roundRobin'");
        Server server = server(1, scheduler("roundRobin"), vm("first", "hardware", 1, SPIN));
        assertThatThrownBy(() -> server.tenant("frist")).hasMessageContaining("did you mean 'first'");
    }
}
