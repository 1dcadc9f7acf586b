using System.Diagnostics;
using System.Text.Json.Nodes;
using Talos.Containers.Images;
using Talos.Containers.Logs;
using Talos.Containers.Ports;
using Talos.Containers.Queries;
using Talos.Containers.Rules;
using Talos.Kubernetes.Ports;
using Talos.Kubernetes.Rules;

namespace Talos.Kubernetes.Tests.Integration;

/// <summary>containerd and a kubelet of this machine, configured by our rules, in namespaces of their own.</summary>
internal sealed class NativeNode : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("talos-k8s-");
    private readonly KubeletIdentity _identity = new(TimeProvider.System);
    private readonly string _kubeletPath;
    private Process? _namespaces;
    private int _pid;

    public NativeNode(string kubelet)
    {
        _kubeletPath = kubelet;
        Containerd = new ContainerdClient(At("c.sock"));
    }

    public ContainerdClient Containerd { get; }

    public Process? Kubelet { get; private set; }

    public Process? Runtime { get; private set; }

    public ContainerQueries Queries => new(Containerd, new CgroupFiles("/proc", "/sys/fs/cgroup"), new CriLogReader(TimeProvider.System), $"/proc/{_pid}/root");

    public ImageImporter Importer => new(new ContainerdImageStore(Containerd, TimeProvider.System), "amd64");

    public string At(string path) => Path.Combine(_folder.FullName, path);

    public async Task StartAsync(CancellationToken ct)
    {
        foreach (string folder in (string[])["net.d", "manifests", "pods", "kubelet", "secrets", "images"])
        {
            Directory.CreateDirectory(At(folder));
        }

        await File.WriteAllTextAsync(At("net.d/10-talos.conflist"), PodNetwork.Render([], hasIpTables: true), ct);
        await File.WriteAllTextAsync(At("config.toml"), ContainerdConfig.Render(new ContainerdSettings
        {
            Socket = At("c.sock"),
            Root = At("root"),
            State = At("state"),
            CniBinaries = "/usr/lib/cni",
            CniConfiguration = At("net.d"),
            RegistryHosts = At("hosts"),
            RestrictOomScore = true,
        }), ct);
        _namespaces = Start("unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c",
            $"ip link set lo up && mount -t tmpfs tmpfs /run && mkdir -p /var/log/pods && mount --bind {At("pods")} /var/log/pods"
            + $" && touch {At("ready")} && while :; do sleep 1000 & wait; done");
        await UntilAsync(() => File.Exists(At("ready")), ct);
        _pid = ChildOf(_namespaces);
        await StartRuntimeAsync(ct);
    }

    public async Task StartRuntimeAsync(CancellationToken ct)
    {
        File.Delete(At("c.sock"));
        Runtime = StartInside("containerd.log", "containerd", "--config", At("config.toml"));
        await UntilAsync(() => File.Exists(At("c.sock")), ct);
    }

    public void StartKubelet()
    {
        _identity.Ensure("native");
        File.WriteAllText(At("secrets/ca.crt"), _identity.AuthorityPem);
        File.WriteAllText(At("secrets/kubelet.crt"), _identity.Server!.CertificatePem);
        File.WriteAllText(At("secrets/kubelet.key"), _identity.Server.KeyPem.Reveal());
        (System.Security.Cryptography.X509Certificates.X509Certificate2 client, _) = _identity.Client!.Value;
        File.WriteAllText(At("secrets/client.crt"), client.ExportCertificatePem());
        using System.Security.Cryptography.ECDsa key =
            System.Security.Cryptography.X509Certificates.ECDsaCertificateExtensions.GetECDsaPrivateKey(client)!;
        File.WriteAllText(At("secrets/client.key"), key.ExportPkcs8PrivateKeyPem());

        KubeletSettings settings = new()
        {
            Version = KubeletVersion.TryParse("1.20.2")!,
            Nodename = "native",
            ManifestsDirectory = At("manifests"),
            RuntimeEndpoint = "unix://" + At("c.sock"),
            Configuration = At("kubelet.yaml"),
            Root = At("kubelet"),
            Secrets = At("secrets"),
            HasIpTables = true,
        };
        JsonNode config = JsonNode.Parse(KubeletConfig.Render(settings))!;
        // This machine has no group podruntime, and its disk may be fuller than a node's.
        config["kubeletCgroups"] = "";
        config["evictionHard"] = new JsonObject { ["memory.available"] = "1Mi" };
        File.WriteAllText(At("kubelet.yaml"), config.ToJsonString());
        Kubelet = StartInside("kubelet.log", _kubeletPath, [.. KubeletConfig.Arguments(settings)]);
    }

    public void AddPod(string name, string image) => File.WriteAllText(
        At($"manifests/{StaticPodFiles.FileName(StaticPodFiles.Id("default", name))}"),
        $$$"""
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{name}}}"},"spec":{"terminationGracePeriodSeconds":1,
        "containers":[{"name":"web","image":"{{{image}}}","imagePullPolicy":"IfNotPresent"}]}}
        """);

    /// <summary>Runs a program of this machine in the node's network.</summary>
    public Task<string> RunInsideAsync(string[] command, CancellationToken ct) => RunInPodAsync(1, command, ct);

    /// <summary>Runs a program of this machine in the network of a process of the node.</summary>
    public async Task<string> RunInPodAsync(int processId, string[] command, CancellationToken ct)
    {
        using Process process = Start("nsenter", ["-t", $"{_pid}", "-m", "-p", "nsenter", "-t", $"{processId}", "-n", .. command]);
        string output = await process.StandardOutput.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return output;
    }

    /// <summary>Ends a process at once, as a crash would: the child of nsenter, which ends with it.</summary>
    public static async Task KillAsync(Process? process, CancellationToken ct)
    {
        Process.GetProcessById(ChildOf(process!)).Kill();
        await process!.WaitForExitAsync(ct);
    }

    public static async Task UntilAsync(Func<bool> condition, CancellationToken ct) =>
        await UntilAsync(() => Task.FromResult(condition()), ct);

    public static async Task UntilAsync(Func<Task<bool>> condition, CancellationToken ct)
    {
        while (!await condition())
        {
            await Task.Delay(100, ct);
        }
    }

    public string Tail(string log) => File.Exists(At(log)) ? string.Join('\n', File.ReadLines(At(log)).TakeLast(8).Select(l => l[..Math.Min(l.Length, 300)])) : "";

    public async ValueTask DisposeAsync()
    {
        Containerd.Dispose();
        if (_namespaces is { HasExited: false } namespaces)
        {
            // The first process of the namespace takes all others and all mounts with it.
            Process.GetProcessById(_pid).Kill();
            await namespaces.WaitForExitAsync();
        }

        await Task.Delay(500);
        RemoveGroups("kubepods");
        try
        {
            _folder.Delete(recursive: true);
        }
        catch (IOException)
        {
            // Busy for a moment more; the machine's own cleaning of temporary files gets it.
        }
    }

    private static void RemoveGroups(string name)
    {
        foreach (string controller in Directory.GetDirectories("/sys/fs/cgroup"))
        {
            string top = Path.Combine(controller, name);
            foreach (string group in Directory.Exists(top)
                ? Directory.GetDirectories(top, "*", SearchOption.AllDirectories).OrderByDescending(g => g.Length).Append(top)
                : [])
            {
                try
                {
                    Directory.Delete(group);
                }
                catch (IOException)
                {
                    // Still a process in it.
                }
            }
        }
    }

    private static int ChildOf(Process parent) => int.Parse(
        File.ReadAllText($"/proc/{parent.Id}/task/{parent.Id}/children").Trim().Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);

    private static Process Start(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;

    private Process StartInside(string log, string program, params string[] arguments) => Process.Start(new ProcessStartInfo(
        "nsenter",
        ["-t", $"{_pid}", "-m", "-n", "-p", "sh", "-c", $"exec \"$0\" \"$@\" >>{At(log)} 2>&1", program, .. arguments]))!;
}
