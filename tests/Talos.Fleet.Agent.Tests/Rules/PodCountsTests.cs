using CsCheck;

namespace Talos.Fleet.Agent.Tests;

public sealed class PodCountsTests
{
    internal const string Kubelet = "image: \"\"\nversion: v1.36.2\nproblem: \"\"\n";

    internal static readonly string[] Pods =
    [
        """
        phase: Running
        conditions:
            - type: Initialized
              status: "True"
            - lastTransitionTime: "2026-11-23T05:00:00Z"
              status: "True"
              type: Ready
            - type: ContainersReady
              status: "False"
        podIP: 10.0.0.2
        """,
        """
        conditions:
        - type: Ready
          status: "False"
        - type: PodScheduled
          status: "True"
        containerStatuses:
        - ready: true
          type: Ready
          status: "True"
        phase: Running
        """,
        "phase: Pending\n",
        "phase: Failed\nconditions: []\n",
    ];

    [Fact]
    public void Pods_are_counted_by_phase_and_by_their_condition_Ready() =>
        Assert.Equal(
            ("v1.36.2", 4, 1, 2, 1, 1),
            PodCounts.Of(Kubelet, Pods) is var r ? (r.Kubelet, r.Pods, r.PodsReady, r.PodsRunning, r.PodsPending, r.PodsFailed) : default);

    [Fact]
    public void Without_a_kubelet_there_is_no_version() => Assert.Null(PodCounts.Of("", []).Kubelet);

    [Fact]
    public void Whatever_the_text_no_more_pods_are_ready_than_there_are() =>
        Gen.String[Gen.Char["phase:Running conditions-tyRdyu\n"], 0, 200].Array[0, 5].Sample(pods => Assert.InRange(PodCounts.Of("", pods).PodsReady, 0, pods.Length));
}
