namespace Talos.Services.Machine;

/// <summary>Where one service stands; only <see cref="ServiceMachine"/> makes a new one.</summary>
internal sealed record ServiceRun
{
    /// <summary>A service nobody has asked for yet.</summary>
    public static ServiceRun Initial { get; } = new();

    /// <summary>The state shown to the world.</summary>
    public ServiceState State { get; init; } = ServiceState.Initialized;

    /// <summary>Why it is in this state; one line, empty when obvious.</summary>
    public string Message { get; init; } = "";

    /// <summary>Whether the service should be up.</summary>
    public bool Wanted { get; init; }

    /// <summary>Counts attempts; what was begun for an earlier attempt is ignored when it reports back.</summary>
    public int Attempt { get; init; }

    /// <summary>Failed runs in a row.</summary>
    public int Failures { get; init; }
}
