namespace Talos.Services;

/// <summary>Something that happened to a service.</summary>
/// <param name="Time">When.</param>
/// <param name="State">The state it entered or was in.</param>
/// <param name="Message">In words.</param>
public sealed record ServiceEvent(DateTimeOffset Time, ServiceState State, string Message);

/// <summary>A service at one moment.</summary>
public sealed record ServiceInfo
{
    /// <summary>Name of the service.</summary>
    public required string Id { get; init; }

    /// <summary>Its state.</summary>
    public required ServiceState State { get; init; }

    /// <summary>Why it is in this state; empty when obvious.</summary>
    public string Message { get; init; } = "";

    /// <summary>Process id; 0 when it does not run.</summary>
    public int Pid { get; init; }

    /// <summary>What is known of its health.</summary>
    public ServiceHealth Health { get; init; } = ServiceHealth.None;

    /// <summary>When <see cref="Health"/> last changed.</summary>
    public DateTimeOffset HealthChanged { get; init; }

    /// <summary>The last events, oldest first.</summary>
    public IReadOnlyList<ServiceEvent> Events { get; init; } = [];

    /// <summary>Whether it runs and nothing bad is known: what dependents wait for.</summary>
    public bool IsUp => State is ServiceState.Running && Health.Healthy;
}
