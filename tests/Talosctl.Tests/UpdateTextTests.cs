using Google.Protobuf.WellKnownTypes;
using Talos.Api.Ota;
using Talosctl.Commands;

namespace Talosctl.Tests;

public sealed class UpdateTextTests
{
    private static readonly Timestamp At = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).ToTimestamp();

    [Fact]
    public void A_node_that_is_well_needs_three_lines() => Assert.Equal(
        [("NODE", "edge-01"), ("RUNNING", "slot A, v0.1.0"), ("STATE", "idle")],
        UpdateCommands.Lines("edge-01", new StatusResponse { State = UpdateState.Idle, RunningSlot = "A", RunningVersion = "v0.1.0" }));

    [Fact]
    public void Writing_is_told_in_percent() => Assert.Contains(
        ("STATE", "writing v0.2.0, root 25 %"),
        UpdateCommands.Lines("edge-01", new StatusResponse
        {
            State = UpdateState.Writing,
            Version = "v0.2.0",
            Progress = new InstallResponse { Part = "root", DoneBytes = 25, TotalBytes = 100 },
        }));

    [Fact]
    public void The_reason_of_a_fallback_is_told_with_how_far_it_came()
    {
        StatusResponse status = new()
        {
            State = UpdateState.Failed,
            RunningSlot = "A",
            RunningVersion = "v0.1.0",
            Version = "v0.2.0",
            LastFallback = new Fallback { Slot = "B", Version = "v0.2.0", Stage = "api", Reason = "not healthy within 10m0s: kubelet", Starts = 1, At = At },
        };
        status.FailedVersions.Add(new FailedVersion { Version = "v0.2.0", Reason = "not healthy within 10m0s: kubelet", At = At });

        Assert.Equal(
            [
                ("STATE", "failed v0.2.0"),
                ("FALLBACK", "slot B, v0.2.0, 2026-01-02 03:04:05Z: not healthy within 10m0s: kubelet (it came as far as \"api\", 1 starts)"),
                ("FAILED", "v0.2.0, 2026-01-02 03:04:05Z: not healthy within 10m0s: kubelet"),
            ],
            UpdateCommands.Lines("edge-01", status).Skip(2));
    }

    [Fact]
    public void A_trial_names_what_is_missing()
    {
        StatusResponse status = new() { State = UpdateState.Trial, Trial = new Trial { Verdict = "waiting", Deadline = "10m0s", Missing = { "the API does not answer" } } };

        Assert.Contains(("TRIAL", "within 10m0s; missing: the API does not answer"), UpdateCommands.Lines("edge-01", status));
    }
}
