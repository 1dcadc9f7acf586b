namespace Talos.Config;

/// <summary>Where the system is installed.</summary>
public sealed record InstallConfiguration
{
    /// <summary>Device path; empty when not set.</summary>
    public string Disk { get; init; } = "";

    /// <summary>Installer image; empty when not set.</summary>
    public string Image { get; init; } = "";

    /// <summary>True: the disk is wiped first.</summary>
    public bool Wipe { get; init; }

    /// <summary>Further kernel arguments.</summary>
    public IReadOnlyList<string> ExtraKernelArgs { get; init; } = [];
}
