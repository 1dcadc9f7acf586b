using System.Diagnostics;
using System.Globalization;

namespace Talos.Fleet.Simulator;

/// <summary>A hub of our own, which can be killed at any moment and started again on the same data.</summary>
internal sealed class HubProcess(string executable, string data, int https, int mqtt, string log) : IDisposable
{
    private Process? _process;

    public string Data => data;

    public int Https => https;

    public int Mqtt => mqtt;

    /// <summary>Port of a broker that is used instead of the embedded one.</summary>
    public int? Broker { get; init; }

    public int Kills { get; private set; }

    public void Start()
    {
        ProcessStartInfo start = new(executable)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        string[] arguments = ["--data", data, "--https", Text(https), "--mqtt", Text(mqtt), "--listen", "127.0.0.1", "--names", "localhost,127.0.0.1", "--will-delay", "30", .. Broker is { } port ? new[] { "--broker", $"mqtts://localhost:{Text(port)}" } : []];
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start) ?? throw new InvalidOperationException($"{executable} did not start");
        _process.OutputDataReceived += (_, e) => Write(e.Data);
        _process.ErrorDataReceived += (_, e) => Write(e.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>SIGKILL: nothing is flushed, nothing is closed.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        Kills++;
        _process.Dispose();
        _process = null;
    }

    /// <summary>Processor time and resident memory so far.</summary>
    public (TimeSpan Cpu, long Bytes) Usage()
    {
        _process!.Refresh();
        return (_process.TotalProcessorTime, _process.WorkingSet64);
    }

    public void Dispose()
    {
        if (_process is { HasExited: false } running)
        {
            running.Kill();
            running.WaitForExit();
        }

        _process?.Dispose();
        _process = null;
    }

    private void Write(string? line)
    {
        if (line is not null)
        {
            lock (this)
            {
                File.AppendAllText(log, line + "\n");
            }
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
