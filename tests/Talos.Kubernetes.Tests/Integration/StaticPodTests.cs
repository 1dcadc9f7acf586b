using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Talos.Api.Cri.V1;
using Talos.Containers;
using Talos.Containers.Images;
using Talos.Containers.Pods;

namespace Talos.Kubernetes.Tests.Integration;

[Trait("Category", "Integration")]
public sealed class StaticPodTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    [Fact]
    public async Task Static_pods_run_answer_each_other_and_outlive_kubelet_and_runtime()
    {
        string kubelet = FindKubelet() ?? Skip("no kubelet for this machine: set TALOS_KUBELET to its path");
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        CancellationToken ct = limit.Token;
        await using NativeNode node = new(kubelet);
        try
        {
            await RunAsync(node, ct);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"not within {Limit}\n{node.Tail("kubelet.log")}\n{node.Tail("containerd.log")}");
        }
    }

    private static async Task RunAsync(NativeNode node, CancellationToken ct)
    {
        await node.StartAsync(ct);
        TestImage.Write(node.At("images/pause.tar"), "localhost/pause:3.9", "/bin/busybox", "sleep", "1000000");
        TestImage.Write(node.At("images/web.tar"), "localhost/web:1", "/bin/busybox", "httpd", "-f", "-vv", "-p", "8080", "-h", "/www");
        await ImportAsync(node, ct);

        node.AddPod("web-a", "localhost/web:1");
        node.AddPod("web-b", "localhost/web:1");
        node.StartKubelet();
        List<ContainerEntry> running = await RunningAsync(node, 2, ct);
        await PodsAnswerAsync(node, running, ct);
        await KubeletKnowsThemAsync(node, ct);

        await NativeNode.KillAsync(node.Kubelet, ct);
        await NativeNode.KillAsync(node.Runtime, ct);
        await node.StartRuntimeAsync(ct);
        node.StartKubelet();
        Assert.Equal(Ids(running), Ids(await RunningAsync(node, 2, ct)));
        await KubeletKnowsThemAsync(node, ct);

        await NativeNode.KillAsync(node.Kubelet, ct);
        PodStopper stopper = new(node.Containerd.Runtime, TimeProvider.System, NullLogger<PodStopper>.Instance);
        Assert.Equal(2, await stopper.StopAllAsync(TimeSpan.FromSeconds(1), ct));
        Assert.DoesNotContain(await ListAsync(node, ct), e => e.Status is "SANDBOX_READY" or "CONTAINER_RUNNING");
        Assert.Equal(0, await stopper.StopAllAsync(TimeSpan.FromSeconds(1), ct));
    }

    private static async Task ImportAsync(NativeNode node, CancellationToken ct)
    {
        foreach (string archive in Directory.GetFiles(node.At("images")))
        {
            Assert.True(Assert.Single(await node.Importer.ImportAsync(archive, ct)).Changed);
            Assert.False(Assert.Single(await node.Importer.ImportAsync(archive, ct)).Changed);
        }

        byte[] spoiled = await File.ReadAllBytesAsync(node.At("images/web.tar"), ct);
        spoiled[^10_000] ^= 1;
        await File.WriteAllBytesAsync(node.At("spoiled.tar"), spoiled, ct);
        TestImage.Write(node.At("other.tar"), "localhost/other:1", "/bin/busybox");
        await Assert.ThrowsAsync<ContainersException>(async () => await SpoiledImportAsync(node, ct));

        IReadOnlyList<ImageEntry> images = await node.Queries.ImagesAsync("k8s.io", ct);
        Assert.Contains(images, i => i.Name == "localhost/pause:3.9");
        Assert.Contains(images, i => i.Name == "localhost/web:1" && i.SizeBytes > 1_000_000);
        Assert.DoesNotContain(images, i => i.Name == "localhost/other:1");
    }

    /// <summary>A layer of the right size and the wrong content: containerd itself must notice.</summary>
    private static async Task SpoiledImportAsync(NativeNode node, CancellationToken ct)
    {
        byte[] content = "damaged"u8.ToArray();
        OciDescriptor blob = new("application/octet-stream", "sha256:" + new string('0', 64), content.Length);
        await using IImageLease lease = await new Containers.Ports.ContainerdImageStore(node.Containerd, TimeProvider.System).LeaseAsync(ct);
        await lease.WriteBlobAsync(
            new OciBlob(blob, OciBlob.NoLabels),
            (position, buffer) =>
            {
                content.AsMemory((int)position).CopyTo(buffer);
                return content.Length - (int)position;
            },
            ct);
    }

    private static async Task PodsAnswerAsync(NativeNode node, List<ContainerEntry> running, CancellationToken ct)
    {
        List<PodSandboxStatus> pods = [];
        foreach (ContainerEntry pod in (await ListAsync(node, ct)).Where(e => e.IsPod))
        {
            pods.Add((await node.Containerd.Runtime.PodSandboxStatusAsync(
                new PodSandboxStatusRequest { PodSandboxId = pod.InternalId }, cancellationToken: ct)).Status);
        }

        Assert.All(pods, pod => Assert.StartsWith("10.244.0.", pod.Network.Ip, StringComparison.Ordinal));
        ContainerEntry first = running.Single(c => c.PodId == "default/web-a-native");
        string other = pods.Single(p => p.Metadata.Name == "web-b-native").Network.Ip;
        Assert.Equal("hello from a pod\n", await node.RunInPodAsync(first.ProcessId, ["busybox", "wget", "-qO-", $"http://{other}:8080/"], ct));

        StringBuilder log = new();
        await foreach (ReadOnlyMemory<byte> lines in node.Queries.LogsAsync(
            "k8s.io", ContainerSource.Cri, "default/web-b-native:web", follow: false, tailLines: -1, ct))
        {
            log.Append(Encoding.UTF8.GetString(lines.Span));
        }

        Assert.Contains("url:/", log.ToString(), StringComparison.Ordinal);
    }

    private static async Task KubeletKnowsThemAsync(NativeNode node, CancellationToken ct)
    {
        string[] curl = ["curl", "-s", "--cacert", node.At("secrets/ca.crt"), "https://127.0.0.1:10250/pods"];
        await NativeNode.UntilAsync(
            async () => (await node.RunInsideAsync(curl, ct)).Contains("Unauthorized", StringComparison.Ordinal), ct);
        string[] known = [.. curl, "--cert", node.At("secrets/client.crt"), "--key", node.At("secrets/client.key")];
        await NativeNode.UntilAsync(
            async () =>
            {
                string answer = await node.RunInsideAsync(known, ct);
                return answer.StartsWith('{')
                    && Rules.PodListOf(answer).Count(status => status.Contains("\"phase\":\"Running\"", StringComparison.Ordinal)) == 2;
            },
            ct);
    }

    private static Task<IReadOnlyList<ContainerEntry>> ListAsync(NativeNode node, CancellationToken ct) =>
        node.Queries.ListAsync("k8s.io", ContainerSource.Cri, ct);

    private static async Task<List<ContainerEntry>> RunningAsync(NativeNode node, int count, CancellationToken ct)
    {
        List<ContainerEntry> running = [];
        await NativeNode.UntilAsync(
            async () =>
            {
                try
                {
                    running = [.. (await ListAsync(node, ct)).Where(e => e is { IsPod: false, Status: "CONTAINER_RUNNING", ProcessId: > 0 })];
                }
                catch (Grpc.Core.RpcException)
                {
                    return false;
                }

                return running.Count == count;
            },
            ct);
        return running;
    }

    private static string Ids(IEnumerable<ContainerEntry> entries) =>
        string.Join(' ', entries.Select(e => e.InternalId).Order(StringComparer.Ordinal));

    private static string? FindKubelet()
    {
        string? named = Environment.GetEnvironmentVariable("TALOS_KUBELET");
        string cache = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache/talos/kubelet");
        return named is { Length: > 0 } ? named
            : Directory.Exists(cache) ? Directory.GetDirectories(cache, "*-amd64").Select(d => d + "/usr/bin/kubelet").FirstOrDefault(File.Exists)
            : null;
    }

    private static string Skip(string reason)
    {
        Assert.Skip(reason);
        return "";
    }

    private static class Rules
    {
        public static IEnumerable<string> PodListOf(string json) =>
            Kubernetes.Rules.PodList.StaticStatuses(Encoding.UTF8.GetBytes(json)).Values;
    }
}
