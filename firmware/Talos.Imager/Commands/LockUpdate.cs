using System.Globalization;
using Talos.Imager.Components;
using Talos.Imager.Rootfs;

namespace Talos.Imager.Commands;

/// <summary>Brings a lock up to date with the mirror.</summary>
internal static class LockUpdate
{
    /// <summary>Writes the lock and says what changed.</summary>
    /// <param name="cache">Keeps packages and results.</param>
    /// <param name="store">Has the lock.</param>
    /// <param name="path">Where it lies.</param>
    /// <param name="ct">Cancels; the lock is changed whole or not at all.</param>
    public static async Task RunAsync(ComponentCache cache, ComponentStore store, string path, CancellationToken ct)
    {
        string before = store.State.Text;
        string reference = store.State.Locked.ReferenceRoot;
        await store.UpdateAsync(ct);
        string now = await ReferenceRoot.PackAsync(cache, await store.ToolsAsync(ct), ct);
        if (now != reference)
        {
            store.State.Set("tools", "referenceRoot", now);
        }

        if (store.State.Text != before || store.State.Locked.Snapshot.Length == 0)
        {
            store.State.Set("debian", "snapshot", TimeProvider.System.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture));
            await ComponentCache.FileAsync(Path.GetFullPath(path), partial => File.WriteAllTextAsync(partial, store.State.Text, ct));
        }

        foreach (string name in store.State.Changed.Order(StringComparer.Ordinal))
        {
            LockedPackage package = store.State.Locked.Package(name);
            Console.WriteLine($"{name}: {package.Package} {package.Version}");
        }

        if (reference.Length > 0 && now != reference)
        {
            Console.WriteLine("the tools pack a reference root to other bytes: deltas from earlier images start anew");
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{store.State.Changed.Count} packages updated in {path}"));
    }
}
