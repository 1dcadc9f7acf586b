using System.Text;

namespace Talos.Boards;

/// <summary>What a running machine says about itself; every part may be missing.</summary>
public sealed record BoardIdentity
{
    /// <summary>Value of <c>talos.board=</c> on the kernel command line; null when absent.</summary>
    public string? CommandLineName { get; init; }

    /// <summary>Entries of <c>/proc/device-tree/compatible</c>, most specific first; empty without a device tree.</summary>
    public IReadOnlyList<string> Compatible { get; init; } = [];

    /// <summary>SMBIOS strings; null on firmware without SMBIOS.</summary>
    public BoardSmbios? Smbios { get; init; }

    /// <summary>Splits the content of <c>/proc/device-tree/compatible</c>.</summary>
    /// <remarks>Source: Devicetree Specification 0.4, section 2.3.1: strings that each end with a zero byte.</remarks>
    public static IReadOnlyList<string> ParseCompatible(ReadOnlySpan<byte> property) =>
        Encoding.ASCII.GetString(property).Split('\0', StringSplitOptions.RemoveEmptyEntries);
}
