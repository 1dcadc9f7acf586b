namespace Talos.Imager.Debian;

/// <summary>What an archive holds, by name.</summary>
internal sealed class PackageIndex
{
    private const string SecurityEnding = "-security";
    private const string AnyArchitecture = "all";

    private readonly ILookup<string, PackageRecord> _byName;
    private readonly ILookup<string, PackageRecord> _byProvided;

    public PackageIndex(IEnumerable<PackageRecord> records)
    {
        PackageRecord[] all = [.. records];
        _byName = all.ToLookup(r => r.Package, StringComparer.Ordinal);
        _byProvided = all.SelectMany(r => r.Provides.Select(p => (p.Package, Record: r))).ToLookup(p => p.Package, p => p.Record, StringComparer.Ordinal);
    }

    /// <summary>All names of packages.</summary>
    public IEnumerable<string> Names => _byName.Select(g => g.Key);

    /// <summary>The versions of a package in a suite and its security archive, newest first.</summary>
    public IReadOnlyList<PackageRecord> Versions(string package, string architecture, string suite) =>
        Newest(_byName[package].Where(r => Fits(r, architecture, suite)));

    /// <summary>The packages that say they stand for another one, newest first.</summary>
    public IReadOnlyList<PackageRecord> Providers(string package, string architecture, string suite) =>
        Newest(_byProvided[package].Where(r => Fits(r, architecture, suite)));

    private static bool Fits(PackageRecord record, string architecture, string suite) =>
        (record.Architecture == architecture || record.Architecture == AnyArchitecture) && (record.Suite == suite || record.Suite == suite + SecurityEnding);

    private static List<PackageRecord> Newest(IEnumerable<PackageRecord> records) =>
        [.. records.DistinctBy(r => r.Sha256).OrderByDescending(r => r.Version, DebianVersion.Order)];
}
