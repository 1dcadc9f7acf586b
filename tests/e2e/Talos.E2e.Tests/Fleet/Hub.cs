using System.Diagnostics;
using System.Text.Json;
using Talos.Testing;

namespace Talos.E2e.Tests.Fleet;

/// <summary>A real hub with its embedded broker beside the emulated node, which knows this machine as 10.0.2.2.</summary>
internal sealed class Hub : IDisposable
{
    private const string SeenByNode = "10.0.2.2";

    private readonly string _data;
    private readonly int[] _ports = LoopbackPorts.Free(3);
    private readonly Process _process;

    public Hub(string folder)
    {
        _data = Path.Combine(folder, "hub");
        string program = Environment.GetEnvironmentVariable("TALOS_E2E_HUB") ?? Path.Combine(Workspace.Root, "out", "hub", "talos-hub");
        ProcessStartInfo start = new(
            program,
            [
                "--data", _data, "--listen", "127.0.0.1", "--https", $"{_ports[0]}", "--mqtt", $"{_ports[1]}", "--bundles-http", $"{_ports[2]}",
                "--names", $"{SeenByNode},127.0.0.1,localhost", "--advertise", $"mqtts://{SeenByNode}:{_ports[1]}",
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        StreamWriter log = new(Path.Combine(folder, "hub.log")) { AutoFlush = true };
        DataReceivedEventHandler write = (_, line) =>
        {
            lock (log)
            {
                log.WriteLine(line.Data);
            }
        };
        _process.OutputDataReceived += write;
        _process.ErrorDataReceived += write;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Where nodes find it.</summary>
    public string Address => $"https://{SeenByNode}:{_ports[0]}";

    /// <summary>Runs <c>talosctl fleet</c> as the administrator.</summary>
    public Task<CommandResult> FleetAsync(params string[] arguments) => Commands.RunAsync(
        Workspace.Talosctl, ["fleet", .. arguments], _data,
        new Dictionary<string, string>
        {
            ["TALOS_HUB"] = $"https://127.0.0.1:{_ports[0]}",
            ["TALOS_HUB_CA"] = Path.Combine(_data, "ca.pem"),
            ["TALOS_HUB_CERTIFICATE"] = Path.Combine(_data, "admin.pem"),
        });

    public Task UntilAnswersAsync() => Until.HoldsAsync("the hub answering", TimeSpan.FromMinutes(1), async () =>
        await FleetAsync("nodes") is { ExitCode: not 0 } failed ? failed.Error : null);

    /// <summary>What the hub's list says of a node; null before it enrolled.</summary>
    public async Task<JsonElement?> NodeAsync(string id)
    {
        CommandResult found = await FleetAsync("node", id, "-o", "json");
        return found.ExitCode == 0 ? JsonDocument.Parse(found.Output).RootElement.GetProperty("summary") : null;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
