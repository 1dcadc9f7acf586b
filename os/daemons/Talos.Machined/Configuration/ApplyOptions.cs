namespace Talos.Machined.Configuration;

/// <summary>One request to apply a config.</summary>
internal sealed record ApplyOptions
{
    /// <summary>Who tries a config for longer does not try it; a timer holds 49 days at most.</summary>
    public static readonly TimeSpan LongestTryTimeout = TimeSpan.FromDays(1);

    /// <summary>How long a config is tried when the caller does not say.</summary>
    public static readonly TimeSpan DefaultTryTimeout = TimeSpan.FromMinutes(1);

    /// <summary>The config, all documents, in UTF-8.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>How it takes effect.</summary>
    public ApplyMode Mode { get; init; } = ApplyMode.Auto;

    /// <summary>True: everything is checked and told, nothing is changed.</summary>
    public bool DryRun { get; init; }

    /// <summary>How long it is tried.</summary>
    public TimeSpan TryTimeout { get; init; } = DefaultTryTimeout;

    /// <summary>True: refused once the node has a config. For callers who may bring a first config and nothing after it.</summary>
    public bool OnlyInMaintenance { get; init; }
}
