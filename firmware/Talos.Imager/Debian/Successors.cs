using System.Text.RegularExpressions;
using Talos.Imager.Components;

namespace Talos.Imager.Debian;

/// <summary>Says what stands for a pinned package that is gone, best first.</summary>
internal static partial class Successors
{
    /// <summary>Packages to try: the newest version first, then older ones that are listed too; a mirror that is being filled may lack the newest.</summary>
    public static IReadOnlyList<PackageRecord> Of(LockedPackage pin, PackageIndex index)
    {
        IReadOnlyList<PackageRecord> same = pin.Tracks.Length > 0 ? Tracked(pin, index) : index.Versions(pin.Package, pin.Architecture, pin.Suite);
        if (same.Count > 0)
        {
            return same;
        }

        IReadOnlyList<PackageRecord> renamed = index.Providers(pin.Package, pin.Architecture, pin.Suite);
        return renamed.Count > 0 ? renamed : Renumbered(pin, index);
    }

    /// <summary>The best of them; null when there is none.</summary>
    public static PackageRecord? Best(LockedPackage pin, PackageIndex index) => Of(pin, index) is [PackageRecord first, ..] ? first : null;

    /// <summary>Whether the package could be the one that holds a library, by Debian's rule for their names: <c>libfoo.so.2</c> is in <c>libfoo2</c>.</summary>
    /// <remarks>Source: Debian Policy 4.7, section 8.1.</remarks>
    public static bool IsNamedAfter(string package, string soname)
    {
        int so = soname.IndexOf(".so", StringComparison.Ordinal);
        if (so < 0)
        {
            return false;
        }

        string stem = soname[..so].ToLowerInvariant().Replace('_', '-');
        string number = soname[(so + 3)..].TrimStart('.');
        string name = stem.Length > 0 && char.IsAsciiDigit(stem[^1]) && number.Length > 0 ? $"{stem}-{number}" : stem + number;
        return package == name || package == name + "t64";
    }

    // A package whose name has a version in it is found by the one that depends on it.
    private static List<PackageRecord> Tracked(LockedPackage pin, PackageIndex index) =>
    [
        .. index.Versions(pin.Tracks, pin.Architecture, pin.Suite)
            .Where(t => t.Depends.Count > 0)
            .SelectMany(t => index.Versions(t.Depends[0].Package, pin.Architecture, pin.Suite)
                .Where(r => DebianVersion.Satisfies(r.Version, t.Depends[0].Operator, t.Depends[0].Version)))
            .DistinctBy(r => r.Sha256),
    ];

    // libfoo1 is followed by libfoo2 when the library's interface changes.
    private static List<PackageRecord> Renumbered(LockedPackage pin, PackageIndex index)
    {
        if (LibraryName().Match(pin.Package) is not { Success: true } match)
        {
            return [];
        }

        string stem = match.Groups["stem"].Value;
        return
        [
            .. index.Names
                .Select(n => (Name: n, Match: LibraryName().Match(n)))
                .Where(n => n.Match.Success && n.Match.Groups["stem"].Value == stem)
                .OrderByDescending(n => n.Match.Groups["number"].Value, DebianVersion.Order)
                .SelectMany(n => index.Versions(n.Name, pin.Architecture, pin.Suite)),
        ];
    }

    [GeneratedRegex(@"^(?<stem>lib[a-z0-9+.-]*?[a-z+.-])(?<number>[0-9]+(\.[0-9]+)*)(t64)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex LibraryName();
}
