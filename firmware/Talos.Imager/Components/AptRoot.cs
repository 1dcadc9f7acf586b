using System.Globalization;
using Talos.Imager.Debian;
using Talos.Imager.Tools;

namespace Talos.Imager.Components;

/// <summary>An apt of our own inside the cache: another release, other architectures, and nothing of the machine's apt is changed.</summary>
/// <remarks>apt checks the archive's signature and the checksums signed by it, and knows the machine's proxies; names and versions are looked up here.</remarks>
internal sealed class AptRoot : IPackageSource
{
    private const string Helper = "/usr/lib/apt/apt-helper";
    private const string SecurityPool = "pool/updates/";
    private const string PackageSources = "etc/sources.list";
    private const string SourceSources = "etc/sources-src.list";

    // A mirror that is being filled is consistent again within minutes at most.
    private static readonly TimeSpan[] Waits = [TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(20)];

    private readonly string _folder;
    private readonly AptSources _sources;
    private readonly ComponentLock _locked;
    private readonly IReadOnlyList<TimeSpan> _waits;
    private readonly IProgress<string> _progress;
    private readonly Dictionary<string, string> _environment;
    private PackageIndex? _index;

    private AptRoot(string folder, ComponentLock locked, AptSources sources, IReadOnlyList<TimeSpan> waits, IProgress<string> progress)
    {
        _folder = folder;
        _locked = locked;
        _sources = sources;
        _waits = waits;
        _progress = progress;
        _environment = new Dictionary<string, string> { ["APT_CONFIG"] = Path.Combine(folder, "apt.conf") };
    }

    /// <inheritdoc/>
    public string Mirror => _sources.Mirrors.Main;

    /// <summary>The mirrors of this machine, or those its environment names.</summary>
    public static async Task<AptMirrors> MirrorsAsync(CancellationToken ct)
    {
        string? mirror = Environment.GetEnvironmentVariable(AptMirrors.MainVariable);
        string uris = string.IsNullOrEmpty(mirror) ? await Tool.RunAsync("apt-get", ["update", "--print-uris"], ct: ct) : "";
        return AptMirrors.Choose(uris, mirror, Environment.GetEnvironmentVariable(AptMirrors.SecurityVariable));
    }

    /// <summary>Writes the configuration of the private apt.</summary>
    /// <param name="folder">Holds it.</param>
    /// <param name="locked">Says which suites and architectures.</param>
    /// <param name="sources">Where they are, and who signs them.</param>
    /// <param name="progress">Gets a line a step.</param>
    /// <param name="waits">Before each further try of a mirror that contradicts itself; null: a few seconds.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<AptRoot> CreateAsync(
        string folder, ComponentLock locked, AptSources sources, IProgress<string> progress, IReadOnlyList<TimeSpan>? waits = null, CancellationToken ct = default)
    {
        string machine = await Tool.RunAsync("apt-config", ["dump"], ct: ct);
        foreach (string part in (string[])["etc/apt.conf.d", "etc/preferences.d", "lists/partial", "archives/partial"])
        {
            Directory.CreateDirectory(Path.Combine(folder, part));
        }

        await File.WriteAllTextAsync(Path.Combine(folder, "status"), "", ct);
        await File.WriteAllTextAsync(Path.Combine(folder, PackageSources), sources.Packages(locked), ct);
        await File.WriteAllTextAsync(Path.Combine(folder, SourceSources), sources.Sources(locked), ct);
        await File.WriteAllTextAsync(Path.Combine(folder, "apt.conf"), AptSources.Configuration(folder, locked.Architecture, machine), ct);
        return new AptRoot(folder, locked, sources, waits ?? Waits, progress);
    }

    /// <inheritdoc/>
    public IEnumerable<string> UrisOf(string path)
    {
        string?[] bases = path.StartsWith(SecurityPool, StringComparison.Ordinal) ? [_sources.Mirrors.Security, _sources.Mirrors.Main] : [_sources.Mirrors.Main, _sources.Mirrors.Security];
        return bases.OfType<string>().Select(b => b + path);
    }

    /// <inheritdoc/>
    public async Task<PackageIndex> IndexAsync(bool again, CancellationToken ct)
    {
        if (_index is null || again)
        {
            if (again && _waits.Count > 0)
            {
                _progress.Report(string.Create(CultureInfo.InvariantCulture, $"Debian mirror {Mirror}: its lists name files it does not have; asking again in {_waits[0].TotalSeconds:F0} s"));
                await Task.Delay(_waits[0], TimeProvider.System, ct);
            }

            _progress.Report($"reading the package lists of {Mirror}");
            List<PackageRecord> records = [];
            foreach (AptList list in await ListsAsync(PackageSources, _sources.PackageLists(_locked), ct))
            {
                using StreamReader reader = File.OpenText(list.File);
                records.AddRange(PackageLists.Packages(reader, list.Archive, list.Suite));
            }

            _index = new PackageIndex(records);
        }

        return _index;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SourceRecord>> SourcesAsync(string name, CancellationToken ct)
    {
        _progress.Report($"reading the lists of source packages of {Mirror}");
        List<SourceRecord> records = [];
        foreach (AptList list in await ListsAsync(SourceSources, _sources.SourceLists(_locked), ct))
        {
            using StreamReader reader = File.OpenText(list.File);
            records.AddRange(PackageLists.Sources(reader, list.Archive, name));
        }

        return [.. records.OrderByDescending(r => r.Version, DebianVersion.Order)];
    }

    /// <inheritdoc/>
    public async Task<string?> DownloadAsync(IReadOnlyList<FileDownload> files, CancellationToken ct)
    {
        string? failure = null;
        List<FileDownload> wanted = [.. files.Where(f => !File.Exists(f.Target))];
        if (wanted.Count == 0)
        {
            return null;
        }

        foreach (FileDownload file in wanted)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file.Target)!);
        }

        using DownloadProgress reports = new(wanted, _progress);
        try
        {
            await AptAsync(Helper, ["-qq", "download-file", .. wanted.SelectMany(f => (string[])[f.Uri, DownloadProgress.Partial(f), "SHA256:" + f.Sha256])], ct);
        }
        catch (ImagerException e) when (!ct.IsCancellationRequested)
        {
            failure = e.Message;
        }

        foreach (FileDownload file in wanted)
        {
            failure = await KeepAsync(file, ct) ?? failure;
        }

        return wanted.All(f => File.Exists(f.Target)) ? null : failure ?? "nothing was downloaded";
    }

    private static async Task<string?> KeepAsync(FileDownload file, CancellationToken ct)
    {
        FileInfo partial = new(DownloadProgress.Partial(file));
        if (!partial.Exists)
        {
            return null;
        }

        string actual = await ComponentCache.Sha256Async(partial.FullName, ct);
        if (actual != file.Sha256)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{file.Uri}: {partial.Length} bytes with SHA-256 {actual}, {file.Sha256} is expected");
        }

        if (partial.LinkTarget is not null)
        {
            // apt links what lies on this machine.
            await ComponentCache.FileAsync(file.Target, whole => Task.Run(() => File.Copy(partial.FullName, whole), ct));
            partial.Delete();
        }
        else
        {
            partial.MoveTo(file.Target, overwrite: true);
        }

        return null;
    }

    // Lists of an earlier time are better than none: what they name is checked when it is downloaded.
    private async Task<List<AptList>> ListsAsync(string sources, IEnumerable<AptList> lists, CancellationToken ct)
    {
        string? failure = await UpdateAsync(["-o", "Dir::Etc::sourcelist=" + Path.Combine(_folder, sources)], ct);
        List<AptList> known = [.. lists.Select(l => l with { File = Path.Combine(_folder, "lists", l.File) }).Where(l => File.Exists(l.File))];
        if (failure is not null)
        {
            _progress.Report(known.Count > 0
                ? $"Debian mirror {Mirror}: {failure}; the lists of an earlier time are used"
                : throw new ImagerException($"Debian mirror {Mirror}: {failure}"));
        }

        return known;
    }

    private async Task<string?> UpdateAsync(string[] list, CancellationToken ct)
    {
        for (int i = 0; ; i++)
        {
            try
            {
                await AptAsync("apt-get", ["-qq", .. list, "update"], ct);
                return null;
            }
            catch (ImagerException e) when (!ct.IsCancellationRequested)
            {
                if (i >= _waits.Count || !IsBeingFilled(e.Message))
                {
                    return e.Message;
                }

                _progress.Report(string.Create(CultureInfo.InvariantCulture, $"Debian mirror {Mirror} is being filled; trying again in {_waits[i].TotalSeconds:F0} s"));
                await Task.Delay(_waits[i], TimeProvider.System, ct);
            }
        }
    }

    // What apt says of lists that are newer or older than the file that signs them.
    private static bool IsBeingFilled(string message) =>
        message.Contains("unexpected size", StringComparison.Ordinal) || message.Contains("Hash Sum mismatch", StringComparison.Ordinal)
        || message.Contains("Release file created at", StringComparison.Ordinal) || message.Contains("sync", StringComparison.OrdinalIgnoreCase);

    private Task<string> AptAsync(string program, IEnumerable<string> arguments, CancellationToken ct) =>
        Tool.RunAsync(program, arguments, _folder, _environment, ct);}
