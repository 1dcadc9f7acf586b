using System.Security.Cryptography;

namespace Talos.Imager.Components;

/// <summary>Turns a lock into files on this machine.</summary>
internal sealed class ComponentStore
{
    private readonly ComponentCache _cache;
    private readonly KubernetesSource _kubernetes;
    private readonly UpstreamArchives _archives;
    private readonly IProgress<string> _progress;

    /// <param name="cache">Where everything is kept.</param>
    /// <param name="lockPath">Path of <c>components.lock</c>; the repository around it holds <c>scripts/kubelet</c>.</param>
    /// <param name="progress">Gets a line a step.</param>
    /// <param name="repository">Folder with <c>scripts/kubelet</c>; null: the lock lies in its folder <c>firmware</c>.</param>
    /// <param name="refuse">Whether a package that is gone is a failure; otherwise another is taken.</param>
    public ComponentStore(ComponentCache cache, string lockPath, IProgress<string> progress, string? repository = null, bool refuse = false)
    {
        _cache = cache;
        _progress = progress;
        State = new ResolvedLock(File.ReadAllText(lockPath), Path.GetFileName(lockPath));
        repository ??= Path.GetDirectoryName(Path.GetDirectoryName(Path.GetFullPath(lockPath)))!;
        Packages = new DebianPackages(cache, State, PackageArchives.Of(cache, State.Locked, progress), refuse, progress);
        _archives = new UpstreamArchives(
            cache,
            new UpstreamDownload(new HttpClient(), TimeProvider.System),
            () => KubernetesRelease.At(Environment.GetEnvironmentVariable(KubernetesRelease.Variable)),
            progress);
        _kubernetes = new KubernetesSource(cache, State, Packages, Path.Combine(repository, "scripts", "kubelet"), progress);
    }

    /// <summary>The lock, with what was taken for packages that are gone.</summary>
    public ResolvedLock State { get; }

    private ComponentLock Locked => State.Locked;

    /// <summary>Debian's packages of this lock.</summary>
    public DebianPackages Packages { get; }

    /// <summary>Fetches, checks and unpacks what an image needs.</summary>
    /// <param name="kubelet"><c>debian-source</c>, a version of upstream, or null for the lock's choice.</param>
    /// <param name="ct">Stops; nothing half-written stays.</param>
    public async Task<ComponentSet> FetchAsync(string? kubelet, CancellationToken ct)
    {
        using IDisposable _ = await _cache.LockAsync(ct);
        IReadOnlyDictionary<string, ComponentTree> packages = await Packages.FetchAsync([LockedPackage.NodeGroup, LockedPackage.ImageGroup], ct);
        Dictionary<string, ComponentTree> trees = [];
        List<ComponentTree> tools = [];
        foreach (LockedPackage package in Locked.Packages.Where(p => packages.ContainsKey(p.Name)))
        {
            if (package.Group == LockedPackage.NodeGroup)
            {
                trees.Add(package.Name, packages[package.Name]);
            }
            else
            {
                tools.Add(packages[package.Name]);
            }
        }

        foreach (LockedArchive archive in Locked.Archives)
        {
            trees.Add(archive.Name, await _archives.FetchAsync(archive, ct));
        }

        trees.Add(ComponentSet.Kubelet, await KubeletOfAsync(kubelet ?? Locked.Kubelet.Use, Locked.Architecture, ct));
        List<RootFile> bundles = [];
        foreach (LockedPackage package in Locked.Packages.Where(p => trees.ContainsKey(p.Name)))
        {
            foreach ((string target, string pattern) in package.Bundles)
            {
                bundles.Add(await BundleAsync(package.Name, trees[package.Name].Directory, target, pattern));
            }
        }

        return new ComponentSet(Locked, trees, bundles) { Tools = tools };
    }

    /// <summary>Puts the newest packages of the mirror into the lock.</summary>
    public async Task UpdateAsync(CancellationToken ct)
    {
        using IDisposable _ = await _cache.LockAsync(ct);
        await Packages.UpdateAsync(ct);
    }

    /// <summary>The unpacked programs that write images.</summary>
    public async Task<IReadOnlyList<ComponentTree>> ToolsAsync(CancellationToken ct)
    {
        using IDisposable _ = await _cache.LockAsync(ct);
        return [.. (await Packages.FetchAsync([LockedPackage.ImageGroup], ct)).Values];
    }

    /// <summary>Kubelet alone, for <paramref name="architecture"/>.</summary>
    public async Task<ComponentTree> KubeletAsync(string source, string architecture, CancellationToken ct)
    {
        using IDisposable _ = await _cache.LockAsync(ct);
        return await KubeletOfAsync(source, architecture, ct);
    }

    private async Task<ComponentTree> KubeletOfAsync(string source, string architecture, CancellationToken ct)
    {
        (string version, string folder, string origin) = source == LockedKubelet.DebianSource
            ? (LockedKubelet.SourceVersion, await _kubernetes.KubeletAsync(architecture, ct), "Debian source package kubernetes")
            : await UpstreamAsync(source, architecture, ct);
        string sha256 = await ComponentCache.Sha256Async(Path.Combine(folder, "usr/bin/kubelet"), ct);
        return new ComponentTree(ComponentSet.Kubelet, version, LockedKubelet.Licence, folder, sha256) { Source = origin };
    }

    /// <summary>Path of the static pause program.</summary>
    public async Task<string> PauseAsync(CancellationToken ct)
    {
        using IDisposable _ = await _cache.LockAsync(ct);
        return Path.Combine(await _kubernetes.PauseAsync(ct), "pause");
    }

    /// <summary>Path of Debian's static busybox for the node's architecture.</summary>
    public async Task<string> BusyboxAsync(CancellationToken ct)
    {
        using IDisposable _ = await _cache.LockAsync(ct);
        return Path.Combine((await Packages.FetchAsync([LockedPackage.WorkloadGroup], ct))["busybox-static"].Directory, "usr/bin/busybox");
    }

    /// <summary>Downloads a version of upstream's kubelet that is not pinned, for the architecture of the lock, and tells what to pin.</summary>
    /// <exception cref="ImagerException">It cannot be had, or it is pinned and the download is another one.</exception>
    public async Task<KubeletPin> PinKubeletAsync(string text, CancellationToken ct)
    {
        using IDisposable _ = await _cache.LockAsync(ct);
        string version = KubernetesRelease.Version(text);
        (Checksum checksum, Uri origin) = await _archives.TrustKubeletAsync(version, Locked.Architecture, ct);
        Checksum? pinned = Locked.Kubelet.Upstream.GetValueOrDefault(version)?.GetValueOrDefault(Locked.Architecture);
        return pinned is null || pinned == checksum
            ? new KubeletPin(version, Locked.Architecture, checksum, origin, IsNew: pinned is null)
            : throw new ImagerException($"{origin}: {checksum} was downloaded, components.lock has {pinned.Hex}; remove that line to trust this download instead");
    }

    private async Task<(string Version, string Folder, string Origin)> UpstreamAsync(string text, string architecture, CancellationToken ct)
    {
        string version = KubernetesRelease.Version(text);
        if (Locked.Kubelet.Upstream.GetValueOrDefault(version)?.GetValueOrDefault(architecture) is not { } pinned)
        {
            throw new ImagerException($"kubelet {version} for {architecture} is not pinned in components.lock (it has "
                + $"{string.Join(", ", Locked.Kubelet.Upstream.Where(u => u.Value.ContainsKey(architecture)).Select(u => u.Key))}); `imager components pin-kubelet {version}` adds it");
        }

        try
        {
            (string folder, Uri origin) = await _archives.KubeletAsync(version, architecture, pinned, ct);
            return (version, folder, origin.ToString());
        }
        catch (UnavailableException e)
        {
            throw new ImagerException($"kubelet {version}: {e.Message}; {KubernetesRelease.Variable} names a mirror, "
                + $"and --kubelet {LockedKubelet.DebianSource} builds {LockedKubelet.SourceVersion} instead, which is end of life", e);
        }
    }

    private async Task<RootFile> BundleAsync(string component, string folder, string target, string pattern)
    {
        string text = string.Concat(RootFiles.Match(component, folder, pattern)
            .Select(p => File.ReadAllText(Path.Combine(folder, p)).TrimEnd('\n') + "\n"));
        string key = Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)))[..16];
        string path = Path.Combine(_cache.Folder, "bundles", $"{Path.GetFileName(target)}_{key}");
        if (!File.Exists(path))
        {
            await ComponentCache.FileAsync(path, partial => File.WriteAllTextAsync(partial, text));
        }

        return new RootFile(component, path, target);
    }
}
