using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Talos.E2e.Tests;

/// <summary>An emulated UEFI board with one disk; its ports are forwarded to free ports of the loopback.</summary>
internal sealed class Qemu : IDisposable
{
    private static int _machines;

    private readonly Process _process;
    private readonly string _sockets;

    private Qemu(Process process, string console, string sockets)
    {
        _process = process;
        _sockets = sockets;
        Console = console;
    }

    /// <summary>File of everything the serial console printed, over all starts.</summary>
    public string Console { get; }

    /// <summary>Whether the machine has not been switched off.</summary>
    public bool Running => !_process.HasExited;

    /// <summary>Starts a machine.</summary>
    /// <param name="folder">Holds firmware variables and console log.</param>
    /// <param name="disk">The raw disk; written to.</param>
    /// <param name="memoryMiB">RAM.</param>
    /// <param name="ports">Host port by guest port.</param>
    /// <param name="throttled">Both processors of the machine share one of the host.</param>
    /// <param name="extra">More arguments.</param>
    public static Qemu Start(string folder, string disk, int memoryMiB, IReadOnlyDictionary<int, int> ports, bool throttled, params string[] extra)
    {
        string variables = Path.Combine(folder, "vars.fd");
        if (!File.Exists(variables))
        {
            File.Copy("/usr/share/AAVMF/AAVMF_VARS.fd", variables);
        }

        string console = Path.Combine(folder, "console.log");
        string forwards = string.Concat(ports.Select(p => $",hostfwd=tcp:127.0.0.1:{p.Value}-:{p.Key}"));
        string sockets = Path.Combine(Path.GetTempPath(), $"talos-e2e-{Environment.ProcessId}-{Interlocked.Increment(ref _machines)}");
        string[] arguments =
        [
            "-M", "virt", "-cpu", "cortex-a72", "-smp", "2", "-m", $"{memoryMiB}", "-accel", "tcg,thread=multi",
            "-display", "none", "-monitor", $"unix:{sockets}.monitor,server=on,wait=off", "-boot", "menu=on,splash-time=0",
            "-chardev", $"socket,id=console,path={sockets}.console,server=on,wait=off,logfile={console},logappend=on", "-serial", "chardev:console",
            "-drive", "if=pflash,format=raw,readonly=on,file=/usr/share/AAVMF/AAVMF_CODE.fd",
            "-drive", $"if=pflash,format=raw,file={variables}",
            "-drive", $"if=none,id=disk,format=raw,file={disk},cache=writeback,discard=unmap", "-device", "virtio-blk-pci,drive=disk,bootindex=0",
            "-netdev", "user,id=net" + forwards, "-device", "virtio-net-pci,netdev=net,romfile=",
            "-device", "virtio-rng-pci", "-device", "i6300esb",
            .. extra,
        ];

        const string Program = "qemu-system-aarch64";
        ProcessStartInfo start = throttled ? new("taskset", ["-c", "0", Program, .. arguments]) : new(Program, arguments);
        return new Qemu(Process.Start(start)!, console, sockets);
    }

    /// <summary>Resets the machine, as the button does.</summary>
    public Task ResetAsync() => MonitorAsync("system_reset");

    /// <summary>What the processors are at, for a machine that stands still; what its threads are at it tells by itself.</summary>
    /// <returns>Registers of all processors, a few times.</returns>
    public async Task<string> CaptureAsync()
    {
        StringBuilder text = new();
        for (int i = 0; i < 3; i++)
        {
            text.AppendLine(await MonitorAsync("info registers -a"));
        }

        return text.ToString();
    }

    /// <summary>Runs a command of QEMU's monitor and gives what it answers.</summary>
    private async Task<string> MonitorAsync(string command)
    {
        const string Prompt = "(qemu) ";
        using Socket monitor = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await monitor.ConnectAsync(new UnixDomainSocketEndPoint(_sockets + ".monitor"));
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(20));
        await ReadUntilAsync(monitor, Prompt, limit.Token);
        await monitor.SendAsync(Encoding.ASCII.GetBytes(command + "\n"), limit.Token);
        return await ReadUntilAsync(monitor, Prompt, limit.Token);
    }

    private static async Task<string> ReadUntilAsync(Socket socket, string end, CancellationToken ct)
    {
        StringBuilder text = new();
        byte[] buffer = new byte[4096];
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            int count = await socket.ReceiveAsync(buffer, ct);
            text.Append(count > 0 ? Encoding.ASCII.GetString(buffer, 0, count) : throw new IOException($"QEMU's monitor closed: {text}"));
        }

        return text.ToString();
    }

    /// <summary>Pulls the plug.</summary>
    public void CutPower()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }
    }

    /// <summary>Waits until the machine switched itself off.</summary>
    public async Task<bool> WaitForPowerOffAsync(TimeSpan limit)
    {
        using CancellationTokenSource timeout = new(limit);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        CutPower();
        _process.Dispose();
        File.Delete(_sockets + ".monitor");
        File.Delete(_sockets + ".console");
    }
}
