using Talos.Machined.Updates;
using Talos.Resources.Kubernetes;
using Talos.Resources.Runtime;

namespace Talos.Machined.Tests.Updates;

public sealed class HealthGateTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);
    private static readonly TrialHealth Healthy = new() { Stage = MachineStage.Running, ApiAnswers = true, KubeletHealthy = true };

    [Fact]
    public void A_running_node_whose_API_kubelet_and_pods_are_well_misses_nothing() => Assert.Empty(HealthGate.Missing(Healthy));

    [Fact]
    public void Everything_that_is_missing_is_named() => Assert.Equal(
        [
            "the node is booting, not running", "network: waiting on: address", "the API does not answer", "the kubelet is not healthy",
            "pod default/web is not there", "controller network.LinkSpecController fails again and again", "probe web: it answers 503",
        ],
        HealthGate.Missing(new TrialHealth
        {
            Stage = MachineStage.Booting,
            Unmet = [new UnmetCondition("network", "waiting on: address")],
            UnreadyPods = ["pod default/web is not there"],
            FailingControllers = ["network.LinkSpecController"],
            FailedProbes = ["probe web: it answers 503"],
        }));

    [Fact]
    public void A_kubelet_that_the_readiness_names_is_not_named_twice() => Assert.Equal(
        ["services: kubelet not running"],
        HealthGate.Missing(Healthy with { KubeletHealthy = false, Unmet = [new UnmetCondition("services", "kubelet not running")] }));

    [Theory]
    [InlineData(true, 60, 10, MachineStage.Running, TrialVerdict.Good)]
    [InlineData(true, 60, 9, MachineStage.Running, TrialVerdict.Waiting)]
    [InlineData(true, 700, 10, MachineStage.Running, TrialVerdict.Good)]
    [InlineData(false, 599, 0, MachineStage.Running, TrialVerdict.Waiting)]
    [InlineData(false, 600, 0, MachineStage.Running, TrialVerdict.Bad)]
    [InlineData(false, 600, 0, MachineStage.Booting, TrialVerdict.Bad)]
    [InlineData(false, 600, 0, MachineStage.Maintenance, TrialVerdict.Bad)]
    [InlineData(false, 600, 0, MachineStage.Rebooting, TrialVerdict.Waiting)]
    public void A_trial_is_kept_after_ten_healthy_seconds_and_ends_at_the_deadline(
        bool healthy, int sinceStart, int healthyFor, object stage, object verdict) => Assert.Equal(
        (TrialVerdict)verdict,
        HealthGate.Judge(
            healthy ? [] : ["pod default/web is not there"], (MachineStage)stage, TimeSpan.FromSeconds(sinceStart), Deadline, TimeSpan.FromSeconds(healthyFor)));

    [Fact]
    public void The_reason_names_the_time_and_what_was_missing() => Assert.Equal(
        "not healthy within 10m0s: the API does not answer; pod default/web is not there",
        HealthGate.Reason(["the API does not answer", "pod default/web is not there"], Deadline));

    [Fact]
    public void Stages_follow_each_other()
    {
        Assert.Equal("machined", HealthGate.Reached(new TrialHealth { Stage = MachineStage.Booting }));
        Assert.Equal("api", HealthGate.Reached(new TrialHealth { Stage = MachineStage.Booting, ApiAnswers = true }));
        Assert.Equal("boot", HealthGate.Reached(Healthy with { KubeletHealthy = false }));
        Assert.Equal("kubelet", HealthGate.Reached(Healthy with { UnreadyPods = ["pod default/web is not there"] }));
        Assert.Equal("pods", HealthGate.Reached(Healthy));
    }

    [Fact]
    public void Pods_are_found_by_the_name_the_kubelet_gives_them()
    {
        KubernetesObject[] wanted =
        [
            new("""{"metadata":{"name":"web","namespace":"default"}}"""),
            new("""{"metadata":{"name":"db","namespace":"data"}}"""),
            new("""{"metadata":{"name":"once"}}"""),
            new("""{"metadata":{"name":"gone","namespace":"default"}}"""),
        ];
        Dictionary<string, KubernetesObject> statuses = new()
        {
            ["default/web-edge-01"] = new("""{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}"""),
            ["data/db-edge-01"] = new("""{"phase":"Running","conditions":[{"type":"Ready","status":"False","message":"containers with unready status: [db]"}]}"""),
            ["default/once-edge-01"] = new("""{"phase":"Succeeded","conditions":[{"type":"Ready","status":"False","reason":"PodCompleted"}]}"""),
        };

        Assert.Equal(
            ["pod data/db is not ready: containers with unready status: [db]", "pod default/gone is not there"],
            PodHealth.Unready(wanted, statuses, "edge-01"));
    }
}
