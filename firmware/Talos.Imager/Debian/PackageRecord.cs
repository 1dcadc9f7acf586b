namespace Talos.Imager.Debian;

/// <summary>One package as a list of the archive describes it.</summary>
internal sealed record PackageRecord
{
    public required string Package { get; init; }

    public required string Version { get; init; }

    public required string Architecture { get; init; }

    /// <summary>Path below the base of its archive, such as <c>pool/main/r/runc/runc_1.1_arm64.deb</c>.</summary>
    public required string Path { get; init; }

    /// <summary>SHA-256 of the file, lowercase hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Length of the file in bytes; 0 when the list does not say.</summary>
    public long Size { get; init; }

    /// <summary>Source package it was built from.</summary>
    public string Source { get; init; } = "";

    public IReadOnlyList<Relation> Depends { get; init; } = [];

    public IReadOnlyList<Relation> Provides { get; init; } = [];

    /// <summary>Base of the archive that has it, with a trailing slash.</summary>
    public string Archive { get; init; } = "";

    /// <summary>Suite whose list names it; that of the security archive ends in <c>-security</c>.</summary>
    public string Suite { get; init; } = "";

    /// <summary>Where the file is downloaded from.</summary>
    public string Uri => Archive + Path;
}
