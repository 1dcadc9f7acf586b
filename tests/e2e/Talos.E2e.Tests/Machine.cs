using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;
using Talos.Pki;
using Talos.Testing;

namespace Talos.E2e.Tests;

/// <summary>One machine: its disk, its ports, and how to talk to it.</summary>
internal sealed class Machine : IDisposable
{
    public const int ApiPort = 50000;

    private readonly int _memoryMiB;
    private static readonly int[] GuestPorts = [ApiPort, 8080, 8081, 8082];

    private readonly Dictionary<int, int> _ports = GuestPorts.Zip(LoopbackPorts.Free(GuestPorts.Length)).ToDictionary(p => p.First, p => p.Second);
    private Qemu? _qemu;

    /// <summary>A machine with a fresh disk, switched off.</summary>
    public Machine(string name, int memoryMiB = 2048, string? image = null)
    {
        _memoryMiB = memoryMiB;
        Folder = Workspace.NewFolder(name);
        Disk = Path.Combine(Folder, "disk.raw");
        Commands.RunAsync("cp", ["--sparse=always", image ?? Workspace.Image, Disk], Folder).GetAwaiter().GetResult().Expect();
        using FileStream disk = new(Disk, FileMode.Open);
        disk.SetLength(6L << 30);
    }

    public string Folder { get; }

    public string Disk { get; }

    public string ConsoleText => File.Exists(Path.Combine(Folder, "console.log")) ? File.ReadAllText(Path.Combine(Folder, "console.log")) : "";

    public bool Running => _qemu?.Running ?? false;

    public string Endpoint => $"127.0.0.1:{_ports[ApiPort]}";

    public Uri Web(int guestPort, string path = "/") => new($"http://127.0.0.1:{_ports[guestPort]}{path}");

    /// <summary>Arguments of QEMU at every start, such as for further devices.</summary>
    public string[] Devices { get; init; } = [];

    /// <summary>Whether its next start has to do with one processor of the host.</summary>
    public bool Throttled { get; set; }

    public void PowerOn(params string[] extra) => _qemu = Qemu.Start(Folder, Disk, _memoryMiB, _ports, Throttled, [.. Devices, .. extra]);

    /// <summary>Presses the reset button.</summary>
    public Task ResetAsync() => _qemu!.ResetAsync();

    /// <summary>What a machine that stands still is at.</summary>
    public Task<string> CaptureAsync() => _qemu!.CaptureAsync();

    public void CutPower()
    {
        _qemu?.Dispose();
        _qemu = null;
    }

    public Task<bool> WaitForPowerOffAsync(TimeSpan limit) => _qemu!.WaitForPowerOffAsync(limit);

    /// <summary>Runs talosctl against this machine with its talosconfig.</summary>
    public Task<CommandResult> TalosctlAsync(params string[] arguments) =>
        Commands.RunAsync(Workspace.Talosctl, [.. arguments, "--nodes", "127.0.0.1", "--endpoints", Endpoint], Folder,
            new Dictionary<string, string> { ["TALOSCONFIG"] = Path.Combine(Folder, "talosconfig") });

    /// <summary>Runs talosctl against this machine in maintenance mode.</summary>
    public Task<CommandResult> InsecureAsync(params string[] arguments) =>
        Commands.RunAsync(Workspace.Talosctl, [.. arguments, "--insecure", "--nodes", Endpoint], Folder);

    /// <summary>Makes controlplane.yaml and talosconfig in the machine's folder.</summary>
    public async Task GenerateConfigAsync(params string[] patches)
    {
        List<string> arguments = ["gen", "config", "e2e", "https://127.0.0.1:6443", "--output", Folder, "--force", "--additional-sans", "127.0.0.1"];
        foreach (string patch in patches)
        {
            arguments.AddRange(["--config-patch", patch]);
        }

        (await Commands.RunAsync(Workspace.Talosctl, arguments, Folder)).Expect();
    }

    /// <summary>Waits for the maintenance API.</summary>
    public Task UntilMaintenanceAsync() => Until.HoldsAsync("in maintenance mode", TimeSpan.FromMinutes(3), async () =>
        await InsecureAsync("version") is { ExitCode: not 0 } failed ? failed.Error : null);

    /// <summary>Waits until the configured node says it is running and ready, its pods among what is.</summary>
    public Task UntilReadyAsync(TimeSpan? limit = null) => Until.HoldsAsync("ready", limit ?? TimeSpan.FromMinutes(10), async () =>
    {
        CommandResult status = await TalosctlAsync("get", "machinestatus", "-o", "yaml");
        return status.ExitCode != 0 ? status.Error
            : status.Output.Contains("stage: running", StringComparison.Ordinal) && status.Output.Contains("ready: true", StringComparison.Ordinal) ? null
            : status.Output;
    });

    /// <summary>From nothing to a configured, ready node.</summary>
    public async Task InstallAsync(params string[] patches)
    {
        await GenerateConfigAsync(patches);
        PowerOn();
        await UntilMaintenanceAsync();
        (await InsecureAsync("apply-config", "--file", "controlplane.yaml")).Expect();
        await UntilReadyAsync();
    }

    /// <summary>A channel with a client certificate, or without one.</summary>
    public GrpcChannel Channel(X509Certificate2? client)
    {
        SocketsHttpHandler handler = new()
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificates = client is null ? null : [client],
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
            },
        };
        return GrpcChannel.ForAddress($"https://{Endpoint}", new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true });
    }

    /// <summary>The administrator's certificate from the talosconfig.</summary>
    public X509Certificate2 Admin()
    {
        string[] lines = File.ReadAllLines(Path.Combine(Folder, "talosconfig"));
        string Field(string name) => System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(
            lines.Single(l => l.TrimStart().StartsWith(name + ":", StringComparison.Ordinal)).Split(':')[1].Trim()));
        return new CertificateAndKey(Field("crt"), new Secret(Field("key"))).ToX509Certificate();
    }

    /// <summary>A certificate with other roles, signed by the authority of this machine's config.</summary>
    public X509Certificate2 WithRoles(params Role[] roles)
    {
        string[] lines = File.ReadAllLines(Path.Combine(Folder, "controlplane.yaml"));
        int ca = Array.FindIndex(lines, l => l.StartsWith("    ca:", StringComparison.Ordinal));
        string Field(string name) => System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(
            lines.Skip(ca).First(l => l.StartsWith($"        {name}:", StringComparison.Ordinal)).Split(':')[1].Trim()));
        CertificateAuthority authority = CertificateAuthority.Load(new CertificateAndKey(Field("crt"), new Secret(Field("key"))), TimeProvider.System);
        return authority.IssueClient(roles, TimeSpan.FromHours(1)).ToX509Certificate();
    }

    public void Dispose() => CutPower();
}
