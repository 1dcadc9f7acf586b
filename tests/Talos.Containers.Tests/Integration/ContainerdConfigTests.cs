using System.Diagnostics;
using Talos.Config;
using Talos.Containers.Ports;
using Talos.Containers.Rules;

namespace Talos.Containers.Tests.Integration;

[Trait("Category", "Integration")]
public sealed class ContainerdConfigTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    // The machine's own, or another one whose path TALOS_CONTAINERD holds.
    private static readonly string Containerd = Environment.GetEnvironmentVariable("TALOS_CONTAINERD") is { Length: > 0 } path ? path : "containerd";

    private readonly string _folder = Directory.CreateTempSubdirectory("talos-cri-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Containerd_starts_its_CRI_plugins_with_our_configuration_and_complains_about_none_of_it()
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        string text = ContainerdConfig.Render(new ContainerdSettings
        {
            Version = await VersionAsync(limit.Token),
            Socket = At("c.sock"),
            Root = At("root"),
            State = At("state"),
            CniConfiguration = At("net.d"),
            RegistryHosts = At("hosts"),
            RestrictOomScore = true,
            Registries = new Dictionary<string, RegistryAccess> { ["registry.example"] = new() { Username = "edge", Password = new("p") } },
        });
        await File.WriteAllTextAsync(At("config.toml"), text, limit.Token);
        Directory.CreateDirectory(At("net.d"));
        Directory.CreateDirectory(At("hosts"));

        using Process process = Process.Start(new ProcessStartInfo(Containerd, ["--config", At("config.toml")]) { RedirectStandardError = true })!;
        Task<string> log = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            using ContainerdClient client = new(At("c.sock"));
            Api.Cri.V1.StatusResponse status = await StatusAsync(client, process, limit.Token);
            Assert.Contains(status.Status.Conditions, c => c is { Type: "RuntimeReady", Status: true });
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }

            await process.WaitForExitAsync(CancellationToken.None);
        }

        // What a plugin of this machine lacks is not the configuration's fault; a key or a value of ours is.
        string[] blamed = [.. (await log).Split('\n').Where(l => Complaints.Any(c => l.Contains(c, StringComparison.OrdinalIgnoreCase)))];
        Assert.True(blamed.Length == 0, string.Join('\n', blamed));
    }

    private static readonly string[] Complaints =
        ["unknown key", "config migrate", "migrated", "incompatible", "Falling back to local", "failed to load plugin io.containerd.cri", "failed to load plugin io.containerd.grpc.v1.cri", "invalid"];

    private static async Task<Api.Cri.V1.StatusResponse> StatusAsync(ContainerdClient client, Process process, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                return await client.Runtime.StatusAsync(new Api.Cri.V1.StatusRequest(), cancellationToken: ct);
            }
            catch (Grpc.Core.RpcException) when (!ct.IsCancellationRequested)
            {
                Assert.False(process.HasExited, "containerd ended");
                await Task.Delay(100, ct);
            }
        }
    }

    private static async Task<ContainerdVersion> VersionAsync(CancellationToken ct)
    {
        using Process process = Process.Start(new ProcessStartInfo(Containerd, ["--version"]) { RedirectStandardOutput = true })!;
        string output = await process.StandardOutput.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return output.Split(' ').Select(ContainerdVersion.Parse).First(v => v != ContainerdVersion.Unknown || output.Contains(" 1.7.", StringComparison.Ordinal));
    }

    private string At(string path) => Path.Combine(_folder, path);
}
