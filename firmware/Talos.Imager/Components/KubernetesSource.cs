using System.Security.Cryptography;
using System.Text;
using Talos.Imager.Tools;

namespace Talos.Imager.Components;

/// <summary>Builds kubelet and pause from Debian's source package, once for each state of what they are built from.</summary>
/// <param name="cache">Keeps the results.</param>
/// <param name="state">Pins source, compiler and patches.</param>
/// <param name="packages">Fetches them.</param>
/// <param name="script">Path of <c>scripts/kubelet</c>.</param>
/// <param name="progress">Gets a line a step.</param>
internal sealed class KubernetesSource(ComponentCache cache, ResolvedLock state, DebianPackages packages, string script, IProgress<string> progress)
{
    /// <summary>The mode of a program that everybody may start.</summary>
    public const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private const string Name = "kubernetes";
    private const string PausePath = "kubernetes-1.20.2/build/pause/linux/pause.c";
    private const string PauseVersion = "3.9";

    /// <summary>A folder with <c>usr/bin/kubelet</c>.</summary>
    /// <param name="architecture">Go's and Debian's name: <c>arm64</c> or <c>amd64</c>.</param>
    /// <param name="ct">Ends the build.</param>
    public async Task<string> KubeletAsync(string architecture, CancellationToken ct)
    {
        IReadOnlyDictionary<string, ComponentTree> tools = new Dictionary<string, ComponentTree>();
        string source = "";
        if (!cache.Has(await KubeletEntryAsync(architecture, ct)))
        {
            source = await packages.FetchSourceAsync(Name, ct);
            tools = await packages.FetchAsync([LockedPackage.KubeletGroup], ct);
        }

        // What is there instead of something that is gone gives another kubelet.
        string entry = await KubeletEntryAsync(architecture, ct);
        return await cache.FolderAsync(entry, async folder =>
        {
            string go = await GoRootAsync(tools, ct);
            string reflect2 = tools["reflect2"].Directory;
            progress.Report($"building kubelet {LockedKubelet.SourceVersion} for {architecture}: 2 to 10 minutes, once");
            using IDisposable beat = Heartbeat.Start(progress, $"building kubelet {LockedKubelet.SourceVersion}");
            string target = Path.Combine(folder, "usr/bin/kubelet");
            string work = Path.Combine(cache.Folder, "kubelet-build", Path.GetFileName(entry));
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
    public async Task<string> PauseAsync(CancellationToken ct)
    {
        string compiler = state.Locked.Architecture switch
        {
            "arm64" => "aarch64-linux-gnu-gcc",
            _ => throw new ImagerException($"pause: no compiler known for {state.Locked.Architecture}"),
        };
        string[] flags = ["-Os", "-static", "-s", "-Wl,--build-id=none", $"-DVERSION={PauseVersion}"];
        string Entry() => $"pause/{PauseVersion}-{Key([.. Source.Files.Values, compiler, .. flags])}";
        string source = cache.Has(Entry()) ? "" : await packages.FetchSourceAsync(Name, ct);
        return await cache.FolderAsync(Entry(), async folder =>
        {
            await Tool.RunAsync("tar", ["-xzf", Path.Combine(source, Source.File(".orig.tar.gz")), "--strip-components=4", PausePath], folder, ct: ct);
            await Tool.RunAsync(compiler, [.. flags, "-o", "pause", "pause.c"], folder, ct: ct);
            File.Delete(Path.Combine(folder, "pause.c"));
        });
    }

    private LockedSource Source => state.Locked.Source(Name);

    private async Task<string> KubeletEntryAsync(string architecture, CancellationToken ct)
    {
        IEnumerable<string> tools = state.Locked.Packages.Where(p => p.Group == LockedPackage.KubeletGroup).Select(p => p.Sha256);
        string key = Key([await File.ReadAllTextAsync(script, ct), .. Source.Files.Values, .. tools]);
        return $"kubelet/{LockedKubelet.SourceVersion}-{key}-{architecture}";
    }

    // Debian keeps Go's tools and its library in two packages whose trees refer to each other.
    private async Task<string> GoRootAsync(IReadOnlyDictionary<string, ComponentTree> tools, CancellationToken ct)
    {
        ComponentTree[] trees = [tools["go"], tools["go-library"]];
        string root = await cache.FolderAsync($"go/{Key(trees.Select(t => t.Checksum))}", async folder =>
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
