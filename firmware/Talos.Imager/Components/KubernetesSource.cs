using System.Security.Cryptography;
using System.Text;
using Talos.Imager.Tools;

namespace Talos.Imager.Components;

/// <summary>Builds kubelet and pause from Debian's source package, once for each state of what they are built from.</summary>
/// <param name="cache">Keeps the results.</param>
/// <param name="locked">Pins source, compiler and patches.</param>
/// <param name="packages">Fetches them.</param>
/// <param name="script">Path of <c>scripts/kubelet</c>.</param>
/// <param name="progress">Gets a line a step.</param>
internal sealed class KubernetesSource(ComponentCache cache, ComponentLock locked, DebianPackages packages, string script, IProgress<string> progress)
{
    private const string Name = "kubernetes";
    private const string PausePath = "kubernetes-1.20.2/build/pause/linux/pause.c";
    private const string PauseVersion = "3.9";

    /// <summary>A folder with <c>usr/bin/kubelet</c>.</summary>
    /// <param name="architecture">Go's and Debian's name: <c>arm64</c> or <c>amd64</c>.</param>
    /// <param name="ct">Ends the build.</param>
    public async Task<string> KubeletAsync(string architecture, CancellationToken ct)
    {
        LockedPackage[] tools = [.. locked.Packages.Where(p => p.Group == LockedPackage.KubeletGroup)];
        string key = Key([await File.ReadAllTextAsync(script, ct), .. Source.Files.Values, .. tools.Select(t => t.Sha256)]);
        return await cache.FolderAsync($"kubelet/{LockedKubelet.SourceVersion}-{key}-{architecture}", async folder =>
        {
            string source = await packages.FetchAsync(Source, ct);
            string go = await GoRootAsync(ct);
            string reflect2 = (await packages.FetchAsync(locked.Package("reflect2"), ct)).Directory;
            progress.Report($"building kubelet {LockedKubelet.SourceVersion} for {architecture}: 3 to 10 minutes, once");
            string target = Path.Combine(folder, "usr/bin/kubelet");
            string work = Path.Combine(cache.Folder, "kubelet-build", key);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            await Tool.RunAsync(
                script,
                [
                    Path.Combine(source, Source.File(".orig.tar.gz")), Path.Combine(source, Source.File(".debian.tar.xz")),
                    Path.Combine(reflect2, "usr/share/gocode/src/github.com/modern-go/reflect2"), go,
                    architecture, work, target,
                ],
                ct: ct);
            Directory.Delete(work, recursive: true);
        });
    }

    /// <summary>A folder with <c>pause</c>, static, for the node's architecture.</summary>
    public Task<string> PauseAsync(CancellationToken ct)
    {
        string compiler = locked.Architecture switch
        {
            "arm64" => "aarch64-linux-gnu-gcc",
            _ => throw new ImagerException($"pause: no compiler known for {locked.Architecture}"),
        };
        string[] flags = ["-Os", "-static", "-s", "-Wl,--build-id=none", $"-DVERSION={PauseVersion}"];
        return cache.FolderAsync($"pause/{PauseVersion}-{Key([.. Source.Files.Values, compiler, .. flags])}", async folder =>
        {
            string source = await packages.FetchAsync(Source, ct);
            await Tool.RunAsync("tar", ["-xzf", Path.Combine(source, Source.File(".orig.tar.gz")), "--strip-components=4", PausePath], folder, ct: ct);
            await Tool.RunAsync(compiler, [.. flags, "-o", "pause", "pause.c"], folder, ct: ct);
            File.Delete(Path.Combine(folder, "pause.c"));
        });
    }

    private LockedSource Source => locked.Source(Name);

    // Debian keeps Go's tools and its library in two packages whose trees refer to each other.
    private async Task<string> GoRootAsync(CancellationToken ct)
    {
        LockedPackage tools = locked.Package("go");
        LockedPackage library = locked.Package("go-library");
        ComponentTree[] trees = [await packages.FetchAsync(tools, ct), await packages.FetchAsync(library, ct)];
        string root = await cache.FolderAsync($"go/{Key([tools.Sha256, library.Sha256])}", async folder =>
        {
            foreach (ComponentTree tree in trees)
            {
                await Tool.RunAsync("cp", ["-a", tree.Directory + "/.", folder], ct: ct);
            }
        });
        return Directory.EnumerateDirectories(Path.Combine(root, "usr/lib"), "go-*").Single();
    }

    private static string Key(IEnumerable<string> parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))))[..16];
}
