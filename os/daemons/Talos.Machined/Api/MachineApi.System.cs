using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Talos.Api.Machine;
using Talos.Machined.Api.Proc;

namespace Talos.Machined.Api;

internal sealed partial class MachineApi
{
    private const string CpuFolder = "/sys/devices/system/cpu";

    public override Task<MemoryResponse> Memory(Empty request, ServerCallContext context) =>
        Task.FromResult(new MemoryResponse { Messages = { new Memory { Meminfo = MemoryText.Parse(File.ReadAllText("/proc/meminfo")) } } });

    public override Task<LoadAvgResponse> LoadAvg(Empty request, ServerCallContext context) =>
        Task.FromResult(new LoadAvgResponse { Messages = { LoadText.Parse(File.ReadAllText("/proc/loadavg")) } });

    public override Task<SystemStatResponse> SystemStat(Empty request, ServerCallContext context) =>
        Task.FromResult(new SystemStatResponse { Messages = { StatText.Parse(File.ReadAllText("/proc/stat")) } });

    public override Task<CPUInfoResponse> CPUInfo(Empty request, ServerCallContext context)
    {
        CPUsInfo processors = new();
        processors.CpuInfo.AddRange(CpuText.Parse(File.ReadAllText("/proc/cpuinfo")));
        return Task.FromResult(new CPUInfoResponse { Messages = { processors } });
    }

    public override Task<CPUFreqStatsResponse> CPUFreqStats(Empty request, ServerCallContext context)
    {
        CPUsFreqStats processors = new();
        for (int i = 0; Directory.Exists($"{CpuFolder}/cpu{i}"); i++)
        {
            string folder = $"{CpuFolder}/cpu{i}/cpufreq";
            processors.CpuFreqStats.Add(new CPUFreqStats
            {
                CurrentFrequency = Frequency(folder, "scaling_cur_freq"),
                MinimumFrequency = Frequency(folder, "cpuinfo_min_freq"),
                MaximumFrequency = Frequency(folder, "cpuinfo_max_freq"),
                Governor = TextOrEmpty($"{folder}/scaling_governor").Trim(),
            });
        }

        return Task.FromResult(new CPUFreqStatsResponse { Messages = { processors } });
    }

    public override Task<DiskStatsResponse> DiskStats(Empty request, ServerCallContext context) =>
        Task.FromResult(new DiskStatsResponse { Messages = { DiskText.Parse(File.ReadAllText("/proc/diskstats")) } });

    public override Task<NetworkDeviceStatsResponse> NetworkDeviceStats(Empty request, ServerCallContext context) =>
        Task.FromResult(new NetworkDeviceStatsResponse { Messages = { NetworkText.Parse(File.ReadAllText("/proc/net/dev")) } });

    public override Task<ProcessesResponse> Processes(Empty request, ServerCallContext context)
    {
        Process processes = new();
        processes.Processes.AddRange(ProcessTable.Read());
        return Task.FromResult(new ProcessesResponse { Messages = { processes } });
    }

    public override Task<NetstatResponse> Netstat(NetstatRequest request, ServerCallContext context)
    {
        Netstat sockets = new();
        sockets.Connectrecord.AddRange(SocketTable.Read(request));
        return Task.FromResult(new NetstatResponse { Messages = { sockets } });
    }

    private static ulong Frequency(string folder, string file) => ProcText.Number(ProcText.Words(TextOrEmpty($"{folder}/{file}").Trim()), 0);

    // A processor without frequency control has no such file, one that is off cannot be read.
    private static string TextOrEmpty(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path) : "";
        }
        catch (IOException)
        {
            return "";
        }
    }
}
