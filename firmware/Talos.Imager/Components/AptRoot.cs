using Talos.Imager.Tools;

namespace Talos.Imager.Components;

/// <summary>An apt of our own inside the cache: another release, other architectures, and nothing of the machine's apt is changed.</summary>
/// <remarks>apt checks the archive's signature and the checksums signed by it; the lock's SHA-256 is checked besides.</remarks>
internal sealed class AptRoot : IPackageSource
{
    private const string Keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

    private readonly string _folder;
    private readonly string _suite;
    private readonly AptMirrors _mirrors;
    private readonly Dictionary<string, string> _environment;
    private bool _updated;

    private AptRoot(string folder, string suite, AptMirrors mirrors)
    {
        _folder = folder;
        _suite = suite;
        _mirrors = mirrors;
        _environment = new Dictionary<string, string> { ["APT_CONFIG"] = Path.Combine(folder, "apt.conf") };
    }

    /// <inheritdoc/>
    public string Mirror => _mirrors.Main;

    /// <summary>Writes the configuration of the private apt.</summary>
    public static async Task<AptRoot> CreateAsync(ComponentCache cache, ComponentLock locked, string? mirror, CancellationToken ct)
    {
        string uris = string.IsNullOrEmpty(mirror) ? await Tool.RunAsync("apt-get", ["update", "--print-uris"], ct: ct) : "";
        string settings = await Tool.RunAsync("apt-config", ["dump"], ct: ct);
        AptMirrors mirrors = AptMirrors.Choose(uris, mirror);
        string folder = Path.Combine(cache.Folder, "apt");
        foreach (string part in (string[])["etc/apt.conf.d", "etc/preferences.d", "lists/partial", "archives/partial"])
        {
            Directory.CreateDirectory(Path.Combine(folder, part));
        }

        await File.WriteAllTextAsync(Path.Combine(folder, "status"), "", ct);
        await File.WriteAllTextAsync(Path.Combine(folder, "etc/sources.list"), Sources(mirrors, locked), ct);
        await File.WriteAllTextAsync(Path.Combine(folder, "apt.conf"), Configuration(folder, locked, settings), ct);
        await File.WriteAllTextAsync(Path.Combine(folder, "etc/preferences"), Preferences(locked), ct);
        return new AptRoot(folder, locked.Suite, mirrors);
    }

    /// <inheritdoc/>
    public async Task UpdateAsync(CancellationToken ct)
    {
        if (_updated)
        {
            return;
        }

        try
        {
            await AptAsync("apt-get", ["-qq", "update"], _folder, ct);
        }
        catch (ImagerException e)
        {
            throw new ImagerException($"Debian mirror {Mirror}: {e.Message}", e);
        }

        _updated = true;
    }

    /// <inheritdoc/>
    public async Task DownloadAsync(LockedPackage package, string folder, CancellationToken ct)
    {
        string name = $"{package.Package}:{package.Architecture}";
        try
        {
            await AptAsync("apt-get", ["-qq", "download", $"{name}={package.Version}"], folder, ct);
        }
        catch (ImagerException) when (!ct.IsCancellationRequested)
        {
            string known = await AptAsync("apt-cache", ["madison", name], folder, ct);
            if (Gone(package, known, Mirror) is { } gone)
            {
                throw gone;
            }

            throw;
        }
    }

    /// <summary>The failure of a download when the mirror has other versions only; null when it has the locked one.</summary>
    /// <param name="package">What is wanted.</param>
    /// <param name="madison">What <c>apt-cache madison</c> prints: package, version and origin between bars.</param>
    /// <param name="mirror">For the message.</param>
    internal static ImagerException? Gone(LockedPackage package, string madison, string mirror)
    {
        string[] versions = [.. madison.Split('\n').Select(l => l.Split('|', StringSplitOptions.TrimEntries)).Where(c => c.Length > 2).Select(c => c[1]).Distinct()];
        return versions.Contains(package.Version)
            ? null
            : new ImagerException($"{package.Package} {package.Version} is gone from {mirror} (it has {(versions.Length == 0 ? "none" : string.Join(", ", versions))}); "
                + "`imager components update` puts the mirror's versions into components.lock, or set TALOS_DEBIAN_MIRROR to an archive that has it");
    }

    /// <inheritdoc/>
    public Task DownloadSourceAsync(LockedSource source, string folder, CancellationToken ct) =>
        AptAsync("apt-get", ["-qq", "source", "--download-only", $"{source.Name}={source.Version}"], folder, ct);

    /// <inheritdoc/>
    public async Task<PackageState> NewestAsync(LockedPackage package, CancellationToken ct)
    {
        string name = package.Package;
        if (package.Tracks.Length > 0)
        {
            Dictionary<string, string> tracked = await ShowAsync($"{package.Tracks}:{package.Architecture}", ct);
            name = tracked["Depends"].Split(' ', ',')[0];
        }

        string suite = package.Suite == _suite ? "" : "/" + package.Suite;
        Dictionary<string, string> fields = await ShowAsync($"{name}:{package.Architecture}{suite}", ct);
        return new PackageState(name, fields["Version"], fields["SHA256"]);
    }

    private async Task<Dictionary<string, string>> ShowAsync(string name, CancellationToken ct)
    {
        string text = await AptAsync("apt-cache", ["show", "--no-all-versions", name], _folder, ct);
        return text.Split('\n')
            .Select(l => l.Split(": ", 2))
            .Where(p => p.Length == 2 && !p[0].StartsWith(' '))
            .DistinctBy(p => p[0])
            .ToDictionary(p => p[0], p => p[1].Trim(), StringComparer.Ordinal);
    }

    private Task<string> AptAsync(string program, IEnumerable<string> arguments, string folder, CancellationToken ct) =>
        Tool.RunAsync(program, arguments, folder, _environment, ct);

    private static string Sources(AptMirrors mirrors, ComponentLock locked)
    {
        string architectures = string.Join(',', locked.Packages.Select(p => p.Architecture).Where(a => a != "all").Distinct());
        string options = $"[arch={architectures} signed-by={Keyring}]";
        List<string> lines =
        [
            .. Suites(locked).Select(s => $"deb {options} {mirrors.Main} {s.Suite} {string.Join(' ', s.Components)}"),
            $"deb-src [signed-by={Keyring}] {mirrors.Main} {locked.SourceSuite} main",
        ];
        if (mirrors.Security is not null)
        {
            lines.Add($"deb {options} {mirrors.Security} {locked.Suite}-security main");
        }

        return string.Concat(lines.Select(l => l + "\n"));
    }

    // Another suite than the lock's is there for the packages that name it, and for no other one.
    private static string Preferences(ComponentLock locked) => string.Concat(Suites(locked).Where(s => s.Suite != locked.Suite)
        .Select(s => $"Package: *\nPin: release n={s.Suite}\nPin-Priority: 1\n\n"));

    private static IEnumerable<(string Suite, IEnumerable<string> Components)> Suites(ComponentLock locked) => locked.Packages
        .Select(p => (p.Suite, p.Component)).Append((locked.Suite, LockedPackage.MainComponent)).Distinct()
        .GroupBy(p => p.Item1, (suite, pairs) => (suite, pairs.Select(p => p.Item2).Order(StringComparer.Ordinal).AsEnumerable()));

    // Proxies and certificates come from the machine; lists, sources, keys and states are ours.
    private static string Configuration(string folder, ComponentLock locked, string settings)
    {
        IEnumerable<string> transport = settings.Split('\n')
            .Where(l => l.StartsWith("Acquire::http", StringComparison.Ordinal) || l.StartsWith("Acquire::Check-", StringComparison.Ordinal));
        return $"""
            Dir "{folder}";
            Dir::Etc "{folder}/etc";
            Dir::Etc::sourcelist "{folder}/etc/sources.list";
            Dir::Etc::sourceparts "/dev/null";
            Dir::State "{folder}";
            Dir::State::lists "{folder}/lists";
            Dir::State::status "{folder}/status";
            Dir::Cache "{folder}";
            APT::Architecture "{locked.Architecture}";
            APT::Sandbox::User "root";
            APT::Update::Error-Mode "any";
            Acquire::Languages "none";
            Acquire::Retries "2";
            Acquire::http::Timeout "20";
            {string.Join('\n', transport)}

            """;
    }
}
