using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent.Tests;

public sealed class DesiredRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private static readonly UpdateFacts Idle = new() { Phase = UpdatePhase.Idle, RunningVersion = "v1.0.0" };

    private static OrderFile Wants(string version, bool force = false, int attempts = 0, params MaintenanceWindow[] windows) => new()
    {
        DesiredRevision = 1,
        Attempts = attempts,
        LastFailure = attempts > 0 ? "the line broke" : null,
        Desired = new DesiredState
        {
            Node = "n",
            Revision = 1,
            Issued = Now,
            NotAfter = Now.AddDays(1),
            Windows = windows,
            Update = new UpdateTarget { Version = version, Url = "https://h/b", BundleId = new string('a', 64), Force = force },
        },
    };

    [Fact]
    public void Another_version_is_installed() =>
        Assert.Equal(new DesiredStep(DesiredStatus.Installing, null, DesiredAction.Install), DesiredRules.Next(Wants("v1.1.0"), Idle, Now, []));

    [Theory]
    [InlineData("v1.0.0")]
    [InlineData("1.0.0")]
    public void The_running_version_is_done(string version) => Assert.Equal(DesiredStatus.Done, DesiredRules.Next(Wants(version), Idle, Now, ["x"]).Status);

    [Fact]
    public void A_version_that_was_reached_is_not_forced_upon_a_node_whose_people_chose_another()
    {
        DesiredStep step = DesiredRules.Next(Wants("v1.1.0", force: true, attempts: 1) with { Reached = true }, Idle, Now, []);

        Assert.Equal((DesiredStatus.Done, DesiredAction.None), (step.Status, step.Action));
        Assert.Contains("v1.0.0 was chosen since", step.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_version_on_trial_is_not_done_yet() =>
        Assert.Equal(DesiredStatus.Trial, DesiredRules.Next(Wants("v1.0.0"), Idle with { Phase = UpdatePhase.Trial }, Now, []).Status);

    [Fact]
    public void Outside_of_its_windows_it_waits_and_says_until_when()
    {
        MaintenanceWindow window = new() { From = Now.AddHours(1), To = Now.AddHours(2) };

        DesiredStep before = DesiredRules.Next(Wants("v1.1.0", windows: window), Idle, Now, []);
        DesiredStep within = DesiredRules.Next(Wants("v1.1.0", windows: window), Idle, Now.AddHours(1), []);
        DesiredStep after = DesiredRules.Next(Wants("v1.1.0", windows: window), Idle, Now.AddHours(2), []);

        Assert.Equal((DesiredStatus.Waiting, DesiredAction.None), (before.Status, before.Action));
        Assert.Contains("2026-11-22T13:00:00", before.Reason, StringComparison.Ordinal);
        Assert.Equal(DesiredAction.Install, within.Action);
        Assert.Equal("all maintenance windows are over", after.Reason);
    }

    [Fact]
    public void Without_a_clock_a_window_is_waited_for_and_an_order_without_one_is_done()
    {
        MaintenanceWindow window = new() { From = Now.AddHours(-1), To = Now.AddHours(2) };

        Assert.Contains("clock", DesiredRules.Next(Wants("v1.1.0", windows: window), Idle, null, []).Reason, StringComparison.Ordinal);
        Assert.Equal(DesiredAction.Install, DesiredRules.Next(Wants("v1.1.0"), Idle, null, []).Action);
    }

    [Fact]
    public void A_veto_holds_it_with_its_reasons()
    {
        DesiredStep step = DesiredRules.Next(Wants("v1.1.0"), Idle, Now, ["power: on battery", "health: not ready"]);

        Assert.Equal(new DesiredStep(DesiredStatus.Vetoed, "power: on battery; health: not ready"), step);
    }

    [Fact]
    public void A_version_that_failed_here_fails_unless_it_is_forced_once()
    {
        UpdateFacts failed = Idle with { Failed = new Dictionary<string, string> { ["v1.1.0"] = "kubelet is not healthy" } };

        Assert.Equal(DesiredStatus.Failed, DesiredRules.Next(Wants("v1.1.0"), failed, Now, []).Status);
        Assert.Equal(DesiredAction.Install, DesiredRules.Next(Wants("v1.1.0", force: true), failed, Now, []).Action);
        Assert.Contains("kubelet", DesiredRules.Next(Wants("v1.1.0", force: true, attempts: 1), failed, Now, []).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Downloads_that_fail_are_tried_five_times()
    {
        UpdateFacts failed = Idle with { Phase = UpdatePhase.Failed, Version = "v1.1.0", Message = "the line broke" };

        Assert.Equal(DesiredAction.Install, DesiredRules.Next(Wants("v1.1.0", attempts: 4), failed, Now, []).Action);
        Assert.Equal((DesiredStatus.Failed, DesiredAction.None), DesiredRules.Next(Wants("v1.1.0", attempts: 5), failed, Now, []) is var s ? (s.Status, s.Action) : default);
    }

    [Fact]
    public void What_is_too_late_is_not_begun() => Assert.Equal(DesiredStatus.Expired, DesiredRules.Next(Wants("v1.1.0"), Idle, Now.AddDays(2), []).Status);

    [Fact]
    public void An_install_whose_restart_got_lost_is_restarted()
    {
        UpdateFacts pending = Idle with { Phase = UpdatePhase.TrialPending, Version = "v1.1.0" };

        Assert.Equal(DesiredAction.Restart, DesiredRules.Next(Wants("v1.1.0", attempts: 1), pending, Now, []).Action);
    }

    [Fact]
    public void Somebody_elses_update_is_waited_for() =>
        Assert.Equal(DesiredStatus.Waiting, DesiredRules.Next(Wants("v1.1.0"), Idle with { Phase = UpdatePhase.Writing, Version = "v1.2.0" }, Now, []).Status);
}
