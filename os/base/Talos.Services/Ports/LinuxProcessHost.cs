using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Talos.Linux;
using Talos.Resources.Runtime;
using Talos.Services.Logs;

namespace Talos.Services.Ports;

/// <summary>Runs services as children of this process, each in its control group.</summary>
/// <param name="reaper">Starts and reaps.</param>
/// <param name="pump">Reads the output.</param>
/// <param name="logs">Where the output goes.</param>
/// <param name="launcher">The executable that understands <see cref="ServiceLauncher.Verb"/>.</param>
internal sealed class LinuxProcessHost(Reaper reaper, PipePump pump, ServiceLogs logs, string launcher) : IProcessHost
{
    public void Prepare(string id, ServiceSpec spec)
    {
        if (spec.Cgroup.Length == 0)
        {
            return;
        }

        Cgroup group = new(spec.Cgroup);
        group.Create();
        Limit(group, "memory.min", spec.MemoryMinBytes, "0");
        Limit(group, "memory.max", spec.MemoryMaxBytes, "max");
    }

    public IServiceProcess Launch(string id, ServiceSpec spec, ServiceLog log)
    {
        (SafeFileHandle read, SafeFileHandle write) = Descriptors.CreatePipe();
        using (write)
        {
            ChildOptions child = new()
            {
                Path = spec.Executable,
                Name = spec.ProgramName.Length > 0 ? spec.ProgramName : null,
                Arguments = spec.Arguments,
                Environment = EnvironmentOf(spec),
                StandardOutput = write,
                StandardError = write,
            };
            LaunchOptions options = new()
            {
                Cgroup = spec.Cgroup.Length > 0 ? spec.Cgroup : null,
                OomScoreAdjustment = spec.OomScoreAdjustment == 0 ? null : spec.OomScoreAdjustment,
                DroppedCapabilities = [.. spec.DroppedCapabilities.Select(ParseCapability)],
                User = spec.User == 0 ? null : (uint)spec.User,
                NoNewPrivileges = spec.Confined,
                NoCore = spec.Confined,
                DeniedCalls = spec.DeniedCalls switch
                {
                    ServiceDeniedCalls.Daemon => DeniedCalls.Daemon,
                    ServiceDeniedCalls.DeviceDaemon => DeniedCalls.DeviceDaemon,
                    _ => DeniedCalls.None,
                },
            };

            try
            {
                ChildProcess process = reaper.Spawn(ServiceLauncher.Wrap(child, options, launcher));
                pump.Add(read, data => logs.Take(id, log, data));
                return new LinuxServiceProcess(process, spec);
            }
            catch
            {
                read.Dispose();
                throw;
            }
        }
    }

    /// <summary>Reads <c>CAP_SYS_BOOT</c> as <see cref="Capability.SysBoot"/>.</summary>
    internal static Capability ParseCapability(string name)
    {
        string bare = name.StartsWith("CAP_", StringComparison.OrdinalIgnoreCase) ? name[4..] : name;
        return Enum.TryParse(bare.Replace("_", "", StringComparison.Ordinal), ignoreCase: true, out Capability capability)
            ? capability
            : throw new ArgumentException($"not a capability: {name}", nameof(name));
    }

    private static void Limit(Cgroup group, string file, long bytes, string none)
    {
        if (File.Exists($"{group.Directory}/{file}"))
        {
            group.Write(file, bytes > 0 ? bytes.ToString(CultureInfo.InvariantCulture) : none);
        }
    }

    private static Dictionary<string, string> EnvironmentOf(ServiceSpec spec)
    {
        Dictionary<string, string> environment = [];
        foreach (string entry in spec.Environment)
        {
            int equals = entry.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                environment[entry[..equals]] = entry[(equals + 1)..];
            }
        }

        return environment;
    }
}

/// <summary>A service as a child of this process.</summary>
internal sealed class LinuxServiceProcess(ChildProcess child, ServiceSpec spec) : IServiceProcess
{
    public int Pid => child.Id;

    public Task<ProcessEnd> End { get; } = EndOf(child);

    public void Terminate() => child.Send(Signal.SIGTERM);

    public void Kill()
    {
        if (spec.KeepsChildren)
        {
            child.Send(Signal.SIGKILL);
            return;
        }

        child.SendToGroup(Signal.SIGKILL);
        if (spec.Cgroup.Length > 0 && new Cgroup(spec.Cgroup) is { Exists: true } group)
        {
            group.Kill();
        }
    }

    private static async Task<ProcessEnd> EndOf(ChildProcess child)
    {
        ExitStatus status = await child.Exit;
        return new ProcessEnd(status.IsSuccess, status.ToString());
    }
}
