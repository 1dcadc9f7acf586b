using Microsoft.Extensions.Logging.Abstractions;
using Talos.Config;
using Talos.Machined.Updates;
using Talos.Ota.Engine;
using Talos.Ota.Slots;
using Talos.Resources.Config;
using Talos.Resources.Kubernetes;
using Talos.Resources.Ota;
using Talos.Resources.Runtime;
using Talos.Testing;
using UpdateStatus = Talos.Ota.Engine.UpdateStatus;

namespace Talos.Machined.Tests.Updates;

public sealed class TrialControllerTests
{
    private const string Yaml = """
        apiVersion: v1alpha1
        kind: UpdateConfig
        healthDeadline: 2m
        probes: [{name: web, url: "http://127.0.0.1:8080/"}]
        """;

    private readonly FakeEngine _engine = new()
    {
        Report = new BootReport(SlotId.B, BootKind.Trial),
        Status = new UpdateStatus { State = UpdateState.Trial, Version = "v2.0.0" },
    };

    private readonly JumpingTimeProvider _time = new() { Restless = true };
    private readonly FakeNode _trial = new();
    private readonly List<string> _failed = [];
    private readonly TrialTolerance _tolerance;
    private readonly UpdateBoot _boot;
    private readonly ControllerFixture _node;

    public TrialControllerTests()
    {
        _boot = new UpdateBoot(_engine, () => SlotId.B, "v2.0.0", _time, NullLogger<UpdateBoot>.Instance);
        _tolerance = new TrialTolerance(new MemoryStore(), () => _failed);
        _node = new ControllerFixture(new TrialController(_engine, _boot, _trial, _tolerance, _time, NullLogger<TrialController>.Instance));
        _node.Given(MachineConfig.ActiveId, new MachineConfig { Yaml = Yaml });
    }

    [Fact]
    public async Task A_boot_that_is_no_trial_is_left_alone()
    {
        _engine.Report = new BootReport(SlotId.A, BootKind.Normal);
        await BootedAsync();

        await _node.SettleAsync();

        Assert.Null(_node.Find<TrialStatus>(TrialStatus.Id));
        Assert.Null(_node.RequeueDelay);
        Assert.Equal(["boot B v2.0.0"], _engine.Calls);
    }

    [Fact]
    public async Task A_node_that_stays_healthy_is_blessed_once()
    {
        await BootedAsync();
        GivenHealth();

        await _node.SettleAsync();
        Assert.Equal("waiting", Verdict());
        _time.Advance(TimeSpan.FromSeconds(10));
        await _node.SettleAsync();
        await _node.SettleAsync();

        Assert.Equal("good", Verdict());
        Assert.Equal(["boot B v2.0.0", "reached pods", "bless"], _engine.Calls);
        Assert.Equal(0, _trial.Restarts);
    }

    [Fact]
    public async Task A_node_that_is_not_steady_waits_anew()
    {
        await BootedAsync();
        GivenHealth();
        await _node.SettleAsync();
        _time.Advance(TimeSpan.FromSeconds(9));
        _trial.ProbeProblem = "probe web: http://127.0.0.1:8080/ answers 503";
        await _node.SettleAsync();
        _trial.ProbeProblem = null;
        _time.Advance(TimeSpan.FromSeconds(9));
        await _node.SettleAsync();

        Assert.Equal("waiting", Verdict());
        Assert.DoesNotContain("bless", _engine.Calls);
    }

    [Fact]
    public async Task A_node_not_healthy_at_the_deadline_is_marked_bad_with_the_reason_and_restarted()
    {
        await BootedAsync();
        GivenHealth();
        _node.Given("kubelet", new ServiceStatus { Running = true, Healthy = false });
        _time.Advance(TimeSpan.FromSeconds(119));
        await _node.SettleAsync();
        Assert.Equal("waiting", Verdict());
        Assert.Equal(0, _trial.Restarts);

        _time.Advance(TimeSpan.FromSeconds(1));
        await _node.SettleAsync();
        await _node.SettleAsync();

        Assert.Equal("bad", Verdict());
        Assert.Equal("bad B: not healthy within 2m0s: the kubelet is not healthy", _engine.Calls[^1]);
        Assert.Equal(1, _trial.Restarts);
    }

    [Fact]
    public async Task A_slot_that_cannot_be_marked_is_restarted_all_the_same()
    {
        await BootedAsync();
        _time.Advance(TimeSpan.FromSeconds(120));
        await _node.SettleAsync();
        Assert.Equal(1, _trial.Restarts);

        FakeEngine broken = new() { Report = _engine.Report, Status = _engine.Status };
        UpdateBoot boot = new(broken, () => SlotId.B, "v2.0.0", _time, NullLogger<UpdateBoot>.Instance);
        await boot.CheckAsync(TestContext.Current.CancellationToken);
        ControllerFixture node = new(new TrialController(broken, boot, _trial, _tolerance, _time, NullLogger<TrialController>.Instance));
        await node.SettleAsync();
        broken.Problem = new IOException("/boot: Input/output error (EIO)");
        _time.Advance(TimeSpan.FromMinutes(10));

        await node.SettleAsync();

        Assert.Equal(2, _trial.Restarts);
    }

    [Fact]
    public async Task A_trial_that_a_person_has_judged_is_not_judged_again()
    {
        await BootedAsync();
        _engine.Become(UpdateState.Failed);

        await _node.SettleAsync();

        Assert.Equal("bad", Verdict());
        Assert.Equal(0, _trial.Restarts);
        Assert.DoesNotContain(_engine.Calls, c => c.StartsWith("bad", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_controller_that_failed_before_the_update_too_does_not_end_the_trial()
    {
        _failed.Add("time.SyncController");
        _tolerance.Note();
        await BootedAsync();
        GivenHealth();
        _trial.FailingControllers.Add("time.SyncController");

        await _node.SettleAsync();
        _time.Advance(TimeSpan.FromSeconds(10));
        await _node.SettleAsync();

        Assert.Equal("good", Verdict());
    }

    [Fact]
    public async Task A_controller_that_fails_since_the_update_ends_the_trial()
    {
        _failed.Add("time.SyncController");
        _tolerance.Note();
        _failed.Clear();
        _tolerance.Note();
        await BootedAsync();
        GivenHealth();
        _trial.FailingControllers.Add("time.SyncController");
        _time.Advance(TimeSpan.FromSeconds(120));

        await _node.SettleAsync();

        Assert.Equal("bad B: not healthy within 2m0s: controller time.SyncController fails again and again", _engine.Calls[^1]);
    }

    private Task BootedAsync() => _boot.CheckAsync(TestContext.Current.CancellationToken);

    private string? Verdict() => _node.Find<TrialStatus>(TrialStatus.Id)?.Spec.Verdict;

    private void GivenHealth()
    {
        _node.Given(MachineStatus.Id, new MachineStatus { Stage = MachineStage.Running, Status = new MachineReadiness { Ready = true } });
        _node.Given("apid", new ServiceStatus { Running = true, Healthy = true });
        _node.Given("kubelet", new ServiceStatus { Running = true, Healthy = true });
        _node.Given(Nodename.Id, new Nodename { Name = "edge-01" });
        _node.Given("default-web", new StaticPod { Pod = new KubernetesObject("""{"metadata":{"name":"web","namespace":"default"}}""") });
        _node.Given("default/web-edge-01", new StaticPodStatus(new KubernetesObject("""{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}""")));
    }

    private sealed class FakeNode : ITrialNode
    {
        public string? ProbeProblem { get; set; }

        public int Restarts { get; private set; }

        public List<string> FailingControllers { get; } = [];

        IReadOnlyList<string> ITrialNode.FailingControllers => FailingControllers;

        public Task<bool> ApiAnswersAsync(CancellationToken ct) => Task.FromResult(true);

        public Task<string?> ProbeAsync(UpdateProbe probe, CancellationToken ct) => Task.FromResult(ProbeProblem);

        public void Restart() => Restarts++;
    }
}
