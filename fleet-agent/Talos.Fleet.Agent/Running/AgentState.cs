using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent;

/// <summary>What the parts of the agent know together.</summary>
internal sealed class AgentState(AgentSettings settings, TimeProvider time) : IDisposable
{
    private long _refused;

    /// <summary>The node, as it was asked last.</summary>
    public required NodeFacts Facts { get; set; }

    /// <summary>Who the node is; null before it enrolled.</summary>
    public NodeIdentity? Identity { get; set; }

    /// <summary>What became of the desired state; null before there was one.</summary>
    public DesiredReport? Desired { get; set; }

    /// <summary>The reported state as it was composed last; empty before.</summary>
    public byte[] Report { get; set; } = [];

    /// <summary>The hub has acknowledged something since the agent started.</summary>
    public bool AckSeen { get; set; }

    public TimeSpan TelemetryInterval { get; set; } = TimeSpan.FromSeconds(settings.TelemetryIntervalSeconds);

    public FleetLogLevel LogLevel { get; set; } = FleetLogLevel.Info;

    /// <summary>There is something to send.</summary>
    public Signal ToSend { get; } = new();

    /// <summary>There is something to do.</summary>
    public Signal ToDo { get; } = new();

    /// <summary>Messages of the hub that were refused.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>The clock; null while it cannot be trusted.</summary>
    public DateTimeOffset? Now => Facts.ClockSynced ? time.GetUtcNow() : null;

    public void Refuse() => Interlocked.Increment(ref _refused);

    public void Dispose()
    {
        ToSend.Dispose();
        ToDo.Dispose();
    }
}
