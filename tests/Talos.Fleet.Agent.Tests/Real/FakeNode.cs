using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent.Tests;

/// <summary>A node that does what tests say.</summary>
internal sealed class FakeNode : INode
{
    private readonly Channel<NodeHappening> _events = Channel.CreateUnbounded<NodeHappening>();
    private int _count;

    public NodeFacts Facts { get; set; } = new()
    {
        BootId = "boot-1",
        Version = "v1.0.0",
        Architecture = "arm64",
        Stage = "running",
        Ready = true,
        ClockSynced = true,
        Hostname = "edge",
        Update = new UpdateFacts { Phase = UpdatePhase.Idle, RunningVersion = "v1.0.0", Slot = "A" },
    };

    public List<string> Calls { get; } = [];

    public string? Failure { get; set; }

    public void Happen(string kind, string message) =>
        _events.Writer.TryWrite(new NodeHappening($"id-{++_count:D8}", DateTimeOffset.UtcNow, kind, EventSeverity.Info, message, "running", true));

    public Task<NodeFacts> FactsAsync(CancellationToken ct) => Task.FromResult(Facts);

    public async IAsyncEnumerable<NodeHappening> EventsAsync(EventMark? mark, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (NodeHappening happening in _events.Reader.ReadAllAsync(ct))
        {
            yield return happening;
        }
    }

    public Task InstallAsync(UpdateTarget target, string authorities, CancellationToken ct) => Do($"install {target.Version}");

    public Task RebootAsync(CancellationToken ct) => Do("reboot");

    public Task RollbackAsync(CancellationToken ct) => Do("rollback");

    public async Task<string> PatchConfigAsync(string patch, CancellationToken ct)
    {
        await Do($"patch {patch}");
        return "applied";
    }

    public Task WriteSupportBundleAsync(Stream output, CancellationToken ct) => Do("support");

    private Task Do(string call)
    {
        lock (Calls)
        {
            Calls.Add(call);
        }

        return Failure is null ? Task.CompletedTask : Task.FromException(new NodeException(Failure));
    }
}
