namespace Talos.Fleet.Sparkplug;

/// <summary>Data types the hub uses, with their published numbers.</summary>
/// <remarks>Source: Sparkplug specification 3.0, section 6.4.16.</remarks>
public enum SparkplugType
{
    /// <summary>None.</summary>
    Unknown = 0,

    /// <summary>Whole numbers of 64 bits with a sign.</summary>
    Int64 = 4,

    /// <summary>Fractions of 64 bits.</summary>
    Double = 10,

    /// <summary>True or false.</summary>
    Boolean = 11,

    /// <summary>Text.</summary>
    String = 12,
}
