using System.Globalization;
using Talos.Imager.Debian;

namespace Talos.Imager.Components;

/// <summary>How far a lock is behind an archive.</summary>
/// <param name="Pins">Packages of the lock.</param>
/// <param name="Lines">One for each that is behind.</param>
/// <param name="Gone">How many of these the archive lists no more.</param>
internal sealed record LockLag(int Pins, IReadOnlyList<string> Lines, int Gone)
{
    /// <summary>All of it in one line.</summary>
    public string Summary => Lines.Count == 0
        ? string.Create(CultureInfo.InvariantCulture, $"components.lock: all {Pins} packages are the newest of the mirror")
        : string.Create(CultureInfo.InvariantCulture, $"components.lock: {Lines.Count} of {Pins} packages are behind the mirror, {Gone} of them are gone from its lists; `imager components update` takes the newest");

    /// <summary>Compares.</summary>
    public static LockLag Of(ComponentLock locked, PackageIndex index)
    {
        List<string> lines = [];
        int gone = 0;
        foreach (LockedPackage pin in locked.Packages)
        {
            PackageRecord? newest = Successors.Best(pin, index);
            if (newest?.Sha256 == pin.Sha256)
            {
                continue;
            }

            bool isGone = index.Versions(pin.Package, pin.Architecture, pin.Suite).All(v => v.Sha256 != pin.Sha256);
            gone += isGone ? 1 : 0;
            string now = newest is null ? "nothing stands for it" : newest.Package == pin.Package ? newest.Version : $"{newest.Package} {newest.Version}";
            lines.Add($"{pin.Package}:{pin.Architecture} {pin.Version}{(isGone ? " (gone)" : "")}: {now}");
        }

        return new LockLag(locked.Packages.Count, lines, gone);
    }
}
