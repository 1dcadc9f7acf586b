using Talos.Imager.Components;
using Talos.Imager.Debian;
using Talos.Imager.Tests.Components;
using Talos.Imager.Tools;

namespace Talos.Imager.Tests.Debian;

/// <summary>Builds against an archive that moves on: the real apt, real packages, real signatures.</summary>
public abstract class ArchiveTest : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    private protected MovingArchive Archive { get; private set; } = null!;

    private protected Lines Said { get; } = new();

    /// <summary>Holds the caches.</summary>
    private protected string Folder => _folder.Path;

    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => Archive = await MovingArchive.StartAsync(Ct);

    public async ValueTask DisposeAsync()
    {
        await Archive.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static string Pin(PackageRecord record, string rules) =>
        $"  - name: {record.Package}\n    version: {record.Version}\n    sha256: {record.Sha256}\n    licence: MIT\n    root: [{rules}]";

    private protected static string Lock(params IEnumerable<string> packages) => $"""
        apiVersion: components.talos.dev/v1
        debian:
          suite: trixie
          sourceSuite: bookworm
          architecture: arm64
          snapshot: 20260101T000000Z
        packages:
        {string.Join('\n', packages)}
        sources: []
        kubelet:
          use: debian-source
          upstream:
            v1.34.2: {"{"} arm64: {Locks.Zeros}{Locks.Zeros} {"}"}

        """;

    private protected async Task<ResolvedLock> ResolveAsync(string text, bool refuse = false, bool snapshot = false, string cache = "cache")
    {
        ResolvedLock state = new(text);
        await Packages(state, cache, refuse, snapshot).FetchAsync([LockedPackage.NodeGroup], Ct);
        return state;
    }

    private protected DebianPackages Packages(ResolvedLock state, string cache, bool refuse = false, bool snapshot = false)
    {
        ComponentCache folder = new(Path.Combine(_folder.Path, cache));
        return new DebianPackages(folder, state, new PackageArchives(
            async ct => await OpenAsync("apt", Archive.Sources, ct),
            snapshot ? async ct => await OpenAsync("apt-snapshot", Archive.SourcesOf(Archive.SnapshotService, "check-valid-until=no"), ct) : null), refuse, Said);

        Task<AptRoot> OpenAsync(string name, AptSources sources, CancellationToken ct) =>
            AptRoot.CreateAsync(Path.Combine(folder.Folder, name), state.Locked, sources, Said, [TimeSpan.Zero, TimeSpan.Zero], ct);
    }

    // The one file of this path in all unpacked packages.
    private protected Task<string> ContentAsync(string path, string cache = "cache") => File.ReadAllTextAsync(
        Directory.EnumerateDirectories(Path.Combine(_folder.Path, cache, "trees")).Select(t => Path.Combine(t, path)).Single(File.Exists), Ct);

    private protected async Task<IReadOnlyDictionary<string, byte[]>> LibraryAsync(string soname, params IReadOnlyList<string> needed)
    {
        string work = Path.Combine(_folder.Path, "elf");
        Directory.CreateDirectory(work);
        await File.WriteAllTextAsync(Path.Combine(work, "empty.c"), "", Ct);
        foreach (string library in (IEnumerable<string>)[.. needed, soname])
        {
            IEnumerable<string> libraries = library == soname ? needed : [];
            await Tool.RunAsync("aarch64-linux-gnu-gcc", ["-shared", "-nostdlib", "-Wl,--no-as-needed", "-Wl,-soname," + library, "-o", library, "empty.c", .. libraries], work, ct: Ct);
        }

        return new Dictionary<string, byte[]> { ["usr/lib/aarch64-linux-gnu/" + soname] = await File.ReadAllBytesAsync(Path.Combine(work, soname), Ct) };
    }
}
