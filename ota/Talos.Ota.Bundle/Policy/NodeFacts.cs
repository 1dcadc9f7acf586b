namespace Talos.Ota.Bundle;

/// <summary>What a node knows of itself when it is offered a bundle.</summary>
public sealed record NodeFacts
{
    /// <summary>Name of its board.</summary>
    public required string Board { get; init; }

    /// <summary>Its architecture, such as <c>arm64</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>Version that runs.</summary>
    public required SemanticVersion RunningVersion { get; init; }

    /// <summary>Anti-rollback floor: nothing older is installed; null for none yet.</summary>
    public SemanticVersion? Floor { get; init; }

    /// <summary>What was tried here and failed.</summary>
    public IReadOnlyList<FailedBuild> FailedBuilds { get; init; } = [];

    /// <summary>True when a person asked for a build that failed before.</summary>
    public bool AllowFailed { get; init; }

    /// <summary>The time to check against.</summary>
    public required VerificationTime Time { get; init; }
}
