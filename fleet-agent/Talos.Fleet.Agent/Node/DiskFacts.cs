using System.Globalization;

namespace Talos.Fleet.Agent;

/// <summary>What a disk tells of its health.</summary>
/// <param name="UsedPercent">Life that is used up, 0 to 255.</param>
/// <param name="SparePercent">Reserve that is left, 0 to 100.</param>
/// <param name="MediaErrors">Errors it could not mend.</param>
/// <param name="Warnings">What it warns of, in machined's words.</param>
internal sealed record DiskFacts(int? UsedPercent, int? SparePercent, long? MediaErrors, IReadOnlyList<string> Warnings)
{
    private const int MaxWarnings = 8, MaxWord = 32;

    /// <summary>Warnings that are about the flash itself; a temperature is not.</summary>
    private static readonly string[] Worn = ["spare", "reliability", "read-only"];

    /// <summary>Whether the flash is at its end.</summary>
    public bool IsWorn => Warnings.Any(w => Worn.Contains(w));

    /// <summary>Out of the YAML in which machined shows it.</summary>
    public static DiskFacts Of(string spec) => new(
        (int?)Number(spec, "usedPercent", 255),
        (int?)Number(spec, "sparePercent", 100),
        Number(spec, "mediaErrors", long.MaxValue),
        [.. YamlLines.Items(spec).Where(w => w.Length is > 0 and <= MaxWord).Take(MaxWarnings)]);

    private static long? Number(string spec, string key, long max) =>
        long.TryParse(YamlLines.Value(spec, key), NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value <= max ? value : null;
}
