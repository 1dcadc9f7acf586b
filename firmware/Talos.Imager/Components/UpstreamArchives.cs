using System.Security.Cryptography;

namespace Talos.Imager.Components;

/// <summary>Fetches the releases of upstream projects that the lock pins, checks them and unpacks them into the cache.</summary>
internal sealed class UpstreamArchives(ComponentCache cache, UpstreamDownload download, Func<KubernetesRelease> kubernetes, IProgress<string> progress)
{
    /// <summary>The unpacked tree of an archive.</summary>
    public async Task<ComponentTree> FetchAsync(LockedArchive archive, CancellationToken ct)
    {
        string folder = await cache.FolderAsync($"archives/{archive.Name}_{archive.Checksum.Key}", async tree =>
        {
            progress.Report($"fetching {archive.Name} {archive.Version} from {archive.Url}");
            string file = Path.GetFileName(archive.Url.LocalPath);
            string path = Path.Combine(tree, file);
            await download.DownloadAsync(archive.Url, archive.Checksum, path, ct);
            if (UpstreamArchive.IsArchive(file))
            {
                await UpstreamArchive.UnpackAsync(path, archive.Url.ToString(), tree, only: null, ct);
                File.Delete(path);
            }
            else
            {
                File.SetUnixFileMode(path, KubernetesSource.Executable);
            }
        });
        return new ComponentTree(archive.Name, archive.Version, archive.Licence, folder, archive.Checksum.Hex) { Source = archive.Url.ToString() };
    }

    /// <summary>A folder with <c>usr/bin/kubelet</c> of a pinned version, and where it comes from.</summary>
    /// <exception cref="UnavailableException">The archive cannot be had.</exception>
    /// <exception cref="ImagerException">The archive is another one than the lock's, or not for this machine.</exception>
    public async Task<(string Folder, Uri Origin)> KubeletAsync(string version, string architecture, Checksum pinned, CancellationToken ct)
    {
        Uri uri = kubernetes().ArchiveOf(version, architecture);
        string folder = await cache.FolderAsync(KubeletEntry(version, architecture, pinned), async partial =>
        {
            progress.Report($"fetching kubelet {version} from {uri}");
            string archive = Path.Combine(partial, "archive.tar.gz");
            await download.DownloadAsync(uri, pinned, archive, ct);
            await UnpackKubeletAsync(archive, uri, architecture, partial, ct);
        });
        return (folder, uri);
    }

    /// <summary>Downloads a version that is not pinned, keeps its kubelet for the build and tells its checksum: the first download is trusted.</summary>
    public async Task<(Checksum Checksum, Uri Origin)> TrustKubeletAsync(string version, string architecture, CancellationToken ct)
    {
        Uri uri = kubernetes().ArchiveOf(version, architecture);
        progress.Report($"fetching kubelet {version} from {uri}");
        string work = Path.Combine(cache.Folder, "kubelet", $"{version}-{architecture}.pin");
        try
        {
            Directory.CreateDirectory(work);
            string archive = Path.Combine(work, "archive.tar.gz");
            Checksum checksum = await download.SaveAsync(uri, HashAlgorithmName.SHA512, archive, ct);
            await cache.FolderAsync(KubeletEntry(version, architecture, checksum), partial => UnpackKubeletAsync(archive, uri, architecture, partial, ct));
            return (checksum, uri);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static string KubeletEntry(string version, string architecture, Checksum checksum) => $"kubelet/{version}-{checksum.Key}-{architecture}";

    private static async Task UnpackKubeletAsync(string archive, Uri uri, string architecture, string folder, CancellationToken ct)
    {
        await UpstreamArchive.UnpackAsync(archive, uri.ToString(), folder, KubernetesRelease.Kubelet, ct);
        string target = Path.Combine(folder, "usr/bin/kubelet");
        string unpacked = Path.Combine(folder, KubernetesRelease.Kubelet);
        KubernetesRelease.CheckMachine(unpacked, uri.ToString(), architecture);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Move(unpacked, target);
        Directory.Delete(Path.Combine(folder, "kubernetes"), recursive: true);
        if (Path.GetDirectoryName(archive) == folder)
        {
            File.Delete(archive);
        }
    }
}
