using System.Diagnostics;

namespace Talos.E2e.Tests;

/// <summary>An emulated UEFI board with one disk; its ports are forwarded to free ports of the loopback.</summary>
internal sealed class Qemu : IDisposable
{
    private readonly Process _process;

    private Qemu(Process process, string console)
    {
        _process = process;
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
    /// <param name="extra">More arguments.</param>
    public static Qemu Start(string folder, string disk, int memoryMiB, IReadOnlyDictionary<int, int> ports, params string[] extra)
    {
        string variables = Path.Combine(folder, "vars.fd");
        if (!File.Exists(variables))
        {
            File.Copy("/usr/share/AAVMF/AAVMF_VARS.fd", variables);
        }

        string console = Path.Combine(folder, "console.log");
        string forwards = string.Concat(ports.Select(p => $",hostfwd=tcp:127.0.0.1:{p.Value}-:{p.Key}"));
        string[] arguments =
        [
            "-M", "virt", "-cpu", "cortex-a72", "-smp", "2", "-m", $"{memoryMiB}", "-accel", "tcg,thread=multi",
            "-display", "none", "-monitor", "none", "-boot", "menu=on,splash-time=0",
            "-chardev", $"file,id=console,path={console},append=on", "-serial", "chardev:console",
            "-drive", "if=pflash,format=raw,readonly=on,file=/usr/share/AAVMF/AAVMF_CODE.fd",
            "-drive", $"if=pflash,format=raw,file={variables}",
            "-drive", $"if=none,id=disk,format=raw,file={disk},cache=writeback,discard=unmap", "-device", "virtio-blk-pci,drive=disk,bootindex=0",
            "-netdev", "user,id=net" + forwards, "-device", "virtio-net-pci,netdev=net,romfile=",
            "-device", "virtio-rng-pci", "-device", "i6300esb",
            .. extra,
        ];

        return new Qemu(Process.Start(new ProcessStartInfo("qemu-system-aarch64", arguments))!, console);
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
    }
}
