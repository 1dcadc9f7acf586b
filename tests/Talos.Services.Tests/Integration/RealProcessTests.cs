using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Talos.Linux;
using Talos.Resources.Runtime;
using Talos.Services.Logs;

namespace Talos.Services.Tests.Integration;

/// <summary>Services as real processes of this machine, started by way of the launcher; without control groups.</summary>
[Trait("Category", "Integration")]
public sealed class RealProcessTests : IDisposable
{
    private static readonly Lazy<Reaper> SharedReaper = new(() => Reaper.Start());
    private static readonly Lazy<PipePump> SharedPump = new(PipePump.Start);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("talos-services-");
    private readonly ServiceLogs _logs;
    private readonly ServiceManager _services;

    public RealProcessTests()
    {
        _logs = new ServiceLogs(Path.Combine(_directory.FullName, "log"), TimeProvider.System);
        _services = ServiceManagerFactory.Create(SharedReaper.Value, SharedPump.Value, _logs, new NoEvents(), NullLoggerFactory.Instance);
    }

    [Fact]
    public async Task A_killed_service_comes_back_with_another_process()
    {
        _services.Apply("sleeper", Shell("echo started; exec sleep 1000"));
        await UntilLogAsync("started\n");
        await UntilAsync(s => s.IsUp);
        int first = Service.Pid;

        Signals.Send(first, Signal.SIGKILL);
        await UntilAsync(s => s.IsUp && s.Pid != first);
        await UntilLogAsync("started\nstarted\n");

        await StopAsync();
    }

    [Fact]
    [Trait("Category", "Security")]
    public async Task A_confined_service_runs_as_its_user_without_capabilities_and_behind_a_filter()
    {
        _services.Apply("sleeper", Shell("echo started; exec sleep 1000") with
        {
            User = DaemonRights.TrustdUser, Confined = true, DroppedCapabilities = DaemonRights.AllBut(), DeniedCalls = ServiceDeniedCalls.Daemon,
        });
        await UntilLogAsync("started\n");
        await UntilAsync(s => s.IsUp);

        Dictionary<string, string> status = File.ReadLines($"/proc/{Service.Pid}/status").Select(l => l.Split(":\t", 2)).Where(l => l.Length == 2).ToDictionary(l => l[0], l => l[1]);
        Assert.Equal(("51\t51\t51\t51", "51\t51\t51\t51"), (status["Uid"], status["Gid"]));
        Assert.All((string[])["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"], set => Assert.Equal("0000000000000000", status[set]));
        Assert.Equal(("1", "2"), (status["NoNewPrivs"], status["Seccomp"]));

        await StopAsync();
    }

    [Fact]
    [Trait("Category", "Security")]
    public async Task A_device_daemon_keeps_what_devices_need_and_nothing_else()
    {
        _services.Apply("sleeper", Shell("echo started; exec sleep 1000") with
        {
            Confined = true, DroppedCapabilities = DaemonRights.AllBut("CAP_MKNOD", "CAP_SYS_MODULE"), DeniedCalls = ServiceDeniedCalls.DeviceDaemon,
        });
        await UntilLogAsync("started\n");
        await UntilAsync(s => s.IsUp);

        string[] status = File.ReadAllLines($"/proc/{Service.Pid}/status");
        ulong kept = (1UL << (int)Capability.Mknod) | (1UL << (int)Capability.SysModule);
        foreach (string set in (string[])["CapPrm", "CapEff", "CapBnd"])
        {
            Assert.Contains($"{set}:\t{kept:x16}", status);
        }

        Assert.Contains("NoNewPrivs:\t1", status);
        Assert.Contains("Seccomp:\t2", status);

        await StopAsync();
    }

    [Fact]
    public async Task A_service_that_ignores_the_request_is_killed_with_its_children()
    {
        string child = Path.Combine(_directory.FullName, "child");
        _services.Apply("sleeper", Shell($"trap '' TERM; sleep 1000 & echo $! > {child}; while true; do sleep 1; done") with { StopTimeoutSeconds = 1 });
        await UntilAsync(s => s.IsUp && File.Exists(child) && new FileInfo(child).Length > 0);
        int childPid = int.Parse(File.ReadAllText(child), System.Globalization.CultureInfo.InvariantCulture);

        await StopAsync();

        await WaitAsync(() => !File.Exists($"/proc/{childPid}/status") || File.ReadAllText($"/proc/{childPid}/status").Contains("State:\tZ", StringComparison.Ordinal));
        Assert.Equal(ServiceState.Finished, Service.State);
    }

    [Fact]
    public async Task A_service_without_its_executable_waits_and_says_why()
    {
        _services.Apply("sleeper", Shell("") with { Executable = "/nonexistent/program" });

        await UntilAsync(s => s.State is ServiceState.Waiting && s.Message.Contains("exit code 127", StringComparison.Ordinal));

        Assert.Contains("/nonexistent/program", await LogAsync(), StringComparison.Ordinal);
        await StopAsync();
    }

    [Fact]
    public async Task Output_is_stored_once_the_store_is_open()
    {
        _services.Apply("sleeper", Shell("echo one; echo two >&2; exec sleep 1000"));
        await UntilLogAsync("one\ntwo\n");


        _logs.OpenStore();
        _logs.CloseStore();

        Assert.Equal("one\ntwo\n", File.ReadAllText(Path.Combine(_directory.FullName, "log", "sleeper.log")));
        await StopAsync();
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private ServiceInfo Service => _services.Find("sleeper")!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static ServiceSpec Shell(string script) => new()
    {
        Executable = "/bin/sh",
        Arguments = ["-c", script],
        Environment = ["PATH=/usr/bin:/bin"],
        Cgroup = "",
    };

    private Task StopAsync() => _services.StopAsync("sleeper", Ct);

    private async Task<string> LogAsync()
    {
        StringBuilder text = new();
        await foreach (ReadOnlyMemory<byte> piece in _services.ReadLogAsync("sleeper", -1, follow: false, Ct))
        {
            text.Append(Encoding.UTF8.GetString(piece.Span));
        }

        return text.ToString();
    }

    private async Task UntilLogAsync(string expected)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (await LogAsync() != expected)
        {
            await Task.Delay(20, limit.Token);
        }
    }

    private Task UntilAsync(Func<ServiceInfo, bool> condition) => WaitAsync(() => condition(Service));

    private static async Task WaitAsync(Func<bool> condition)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!condition())
        {
            await Task.Delay(20, limit.Token);
        }
    }

    private sealed class NoEvents : IServiceEvents
    {
        public void Changed(ServiceInfo service)
        {
        }
    }
}
