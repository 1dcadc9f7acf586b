namespace Talos.Config;

/// <summary>Chooses links by hardware. Every value that is set must match; <c>*</c> and <c>?</c> are wildcards.</summary>
public sealed record LinkSelector
{
    /// <summary>Bus path; empty when not set.</summary>
    public string BusPath { get; init; } = "";

    /// <summary>Current hardware address; empty when not set.</summary>
    public string HardwareAddress { get; init; } = "";

    /// <summary>Permanent hardware address; empty when not set.</summary>
    public string PermanentAddress { get; init; } = "";

    /// <summary>PCI vendor and product, <c>8086:1533</c>; empty when not set.</summary>
    public string PciId { get; init; } = "";

    /// <summary>Kernel driver; empty when not set.</summary>
    public string Driver { get; init; } = "";

    /// <summary>True: physical links only; null when not set.</summary>
    public bool? Physical { get; init; }
}
