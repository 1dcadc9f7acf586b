namespace Talos.Ota.Bundle;

/// <summary>What a bundle says about itself; valid, and the node's policy not yet asked.</summary>
public sealed record BundleManifest
{
    /// <summary>Version of the system in it.</summary>
    public required SemanticVersion Version { get; init; }

    /// <summary>Names the build, such as a commit.</summary>
    public required string Build { get; init; }

    /// <summary>Architecture, such as <c>arm64</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>Names of the boards it is for; at least one.</summary>
    public required IReadOnlyList<string> Boards { get; init; }

    /// <summary>The oldest running version it can be installed from; null for any.</summary>
    public SemanticVersion? MinimumVersion { get; init; }

    /// <summary>The anti-rollback floor of the node once this version is committed; null to leave it.</summary>
    public SemanticVersion? Floor { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Issued { get; init; }

    /// <summary>The last moment it may be installed; null for no limit of its own.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Release notes; empty for none.</summary>
    public string Notes { get; init; } = "";

    /// <summary>SHA-256 of the key set in the bundle in lower-case hexadecimal digits; null without one.</summary>
    public string? KeySetSha256 { get; init; }

    /// <summary>Payloads in the order of their bytes.</summary>
    public required IReadOnlyList<PayloadInfo> Payloads { get; init; }

    /// <summary>The payload that is the part itself; null when the bundle has only deltas for it.</summary>
    public PayloadInfo? Full(BundlePart part) => Payloads.FirstOrDefault(p => p.Part == part && p.Kind is PayloadKind.Full);

    /// <summary>The delta that starts from <paramref name="sha256"/>; null when there is none.</summary>
    public PayloadInfo? Delta(BundlePart part, string sha256) => Payloads.FirstOrDefault(p => p.Part == part && p.Base?.Sha256 == sha256);
}
