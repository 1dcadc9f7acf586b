using System.CommandLine;
using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Talos.Api.Common;
using Talos.Api.Machine;
using Talosctl.Cli;
using Talosctl.Client;
using Empty = Google.Protobuf.WellKnownTypes.Empty;

namespace Talosctl.Commands;

/// <summary>One table each: <c>mounts</c>, <c>memory</c>, <c>processes</c>, <c>stats</c>, <c>containers</c>, <c>disks</c>, <c>time</c>.</summary>
internal static class StatusCommands
{
    public static Command Mounts() => Listing("mounts", "List mounts", ["mount"], ["NODE", "FILESYSTEM", "SIZE(GB)", "USED(GB)", "AVAILABLE(GB)", "PERCENT USED", "MOUNTED ON"],
        async (node, table, _, ct) =>
        {
            foreach (MountStat m in (await node.Machine.MountsAsync(new Empty(), node.Headers, cancellationToken: ct)).Messages.SelectMany(m => m.Stats))
            {
                ulong used = m.Size - Math.Min(m.Size, m.Available);
                table.Add(node.Name, m.Filesystem, Gb(m.Size), Gb(used), Gb(m.Available), m.Size == 0 ? "0.00%" : Number(100.0 * used / m.Size) + "%", m.MountedOn);
            }
        });

    public static Command Memory()
    {
        Option<bool> verbose = new("--verbose", "-v") { Description = "Print every counter" };
        Command command = Listing("memory", "Show memory usage", ["free"], ["NODE", "TOTAL", "USED", "FREE", "SHARED", "BUFFERS", "CACHE", "AVAILABLE"],
            async (node, table, parsed, ct) =>
            {
                foreach (Talos.Api.Machine.Memory memory in (await node.Machine.MemoryAsync(new Empty(), node.Headers, cancellationToken: ct)).Messages)
                {
                    MemInfo m = memory.Meminfo;
                    ulong cache = m.Cached + m.Sreclaimable;
                    ulong used = m.Memtotal - Math.Min(m.Memtotal, m.Memfree + m.Buffers + cache);
                    if (parsed.GetValue(verbose))
                    {
                        Console.WriteLine(node.Name);
                        foreach (Google.Protobuf.Reflection.FieldDescriptor field in MemInfo.Descriptor.Fields.InFieldNumberOrder())
                        {
                            Console.WriteLine($"  {field.Name,-20} {field.Accessor.GetValue(m)} kB");
                        }

                        continue;
                    }

                    table.Add([node.Name, .. new[] { m.Memtotal, used, m.Memfree, m.Shmem, m.Buffers, cache, m.Memavailable }.Select(k => (k / 1024).ToString(CultureInfo.InvariantCulture))]);
                }
            });
        command.Options.Add(verbose);
        return command;
    }

    public static Command Processes()
    {
        Option<string> sort = new("--sort") { Description = "Order by rss or cpu", DefaultValueFactory = _ => "rss" };
        sort.AcceptOnlyFromAmong("rss", "cpu");
        Command command = Listing("processes", "List running processes", ["ps"], ["NODE", "PID", "STATE", "THREADS", "CPU-TIME", "VIRTMEM", "RESMEM", "LABEL", "COMMAND"],
            async (node, table, parsed, ct) =>
            {
                IEnumerable<ProcessInfo> all = (await node.Machine.ProcessesAsync(new Empty(), node.Headers, cancellationToken: ct)).Messages.SelectMany(m => m.Processes);
                foreach (ProcessInfo p in parsed.GetValue(sort) == "cpu" ? all.OrderByDescending(p => p.CpuTime) : all.OrderByDescending(p => p.ResidentMemory))
                {
                    table.Add(node.Name, $"{p.Pid}", p.State, $"{p.Threads}", Number(p.CpuTime), Units.Bytes(p.VirtualMemory), Units.Bytes(p.ResidentMemory), p.Label,
                        p.Args.Length > 0 ? p.Args : p.Command);
                }
            });
        command.Options.Add(sort);
        return command;
    }

    public static Command Stats()
    {
        Option<bool> kubernetes = Kubernetes();
        Command command = Listing("stats", "Show what containers use", [], ["NODE", "NAMESPACE", "ID", "MEMORY(MB)", "CPU"], async (node, table, parsed, ct) =>
        {
            (string ns, ContainerDriver driver) = Source(parsed.GetValue(kubernetes));
            StatsResponse answer = await node.Machine.StatsAsync(new StatsRequest { Namespace = ns, Driver = driver }, node.Headers, cancellationToken: ct);
            foreach (Stat s in answer.Messages.SelectMany(m => m.Stats_).OrderBy(s => s.Id, StringComparer.Ordinal))
            {
                table.Add(node.Name, s.Namespace, (s.Id != s.PodId && s.PodId.Length > 0 ? "└─ " : "") + s.Id, Number(s.MemoryUsage / 1e6), $"{s.CpuUsage}");
            }
        });
        command.Options.Add(kubernetes);
        return command;
    }

    public static Command Containers()
    {
        Option<bool> kubernetes = Kubernetes();
        Command command = Listing("containers", "List containers", ["c"], ["NODE", "NAMESPACE", "ID", "IMAGE", "PID", "STATUS"], async (node, table, parsed, ct) =>
        {
            (string ns, ContainerDriver driver) = Source(parsed.GetValue(kubernetes));
            ContainersResponse answer = await node.Machine.ContainersAsync(new ContainersRequest { Namespace = ns, Driver = driver }, node.Headers, cancellationToken: ct);
            foreach (ContainerInfo c in answer.Messages.SelectMany(m => m.Containers).OrderBy(c => c.Id, StringComparer.Ordinal))
            {
                table.Add(node.Name, c.Namespace, (c.Id != c.PodId && c.PodId.Length > 0 ? "└─ " : "") + c.Id, c.Image, $"{c.Pid}", c.Status);
            }
        });
        command.Options.Add(kubernetes);
        return command;
    }

    public static Command Disks() => Listing("disks", "List disks", [], ["NODE", "DEV", "MODEL", "SERIAL", "TYPE", "SIZE", "BUS_PATH", "SYSTEM_DISK", "READONLY"],
        async (node, table, _, ct) =>
        {
            foreach (Talos.Api.Storage.Disk d in (await node.Storage.DisksAsync(new Empty(), node.Headers, cancellationToken: ct)).Messages.SelectMany(m => m.Disks_))
            {
                table.Add(node.Name, d.DeviceName, Dash(d.Model), Dash(d.Serial), $"{d.Type}".ToUpperInvariant(), Units.Bytes(d.Size), Dash(d.BusPath), d.SystemDisk ? "*" : "", d.Readonly ? "*" : "");
            }
        });

    public static Command Time()
    {
        Option<string?> check = new("--check", "-c") { Description = "Compare with this NTP server" };
        Command command = Listing("time", "Show the time of the nodes", [], ["NODE", "NTP-SERVER", "NODE-TIME", "NTP-SERVER-TIME"], async (node, table, parsed, ct) =>
        {
            Talos.Api.Time.TimeResponse answer = parsed.GetValue(check) is { Length: > 0 } server
                ? await node.Time.TimeCheckAsync(new Talos.Api.Time.TimeRequest { Server = server }, node.Headers, cancellationToken: ct)
                : await node.Time.TimeAsync(new Empty(), node.Headers, cancellationToken: ct);
            foreach (Talos.Api.Time.Time t in answer.Messages)
            {
                table.Add(node.Name, Dash(t.Server), Moment(t.Localtime), Moment(t.Remotetime));
            }
        });
        command.Options.Add(check);
        return command;
    }

    /// <summary>A command that fills one table from all nodes and prints it at the end.</summary>
    internal static Command Listing(string name, string description, string[] aliases, string[] headings,
        Func<NodeClient, Table, ParseResult, CancellationToken, Task> fill)
    {
        Option<bool> insecure = NodeCommand.Insecure();
        Option<string[]> fingerprints = NodeCommand.Fingerprints();
        Command command = new(name, description) { insecure, fingerprints };
        foreach (string alias in aliases)
        {
            command.Aliases.Add(alias);
        }

        command.SetAction(async (parsed, ct) =>
        {
            Table table = new(headings);
            int code = await NodeCommand.RunAsync(parsed, parsed.GetValue(insecure), parsed.GetValue(fingerprints)!, ct, node => fill(node, table, parsed, ct));
            if (table.Count > 0)
            {
                table.WriteTo(Console.Out);
            }

            return code;
        });
        return command;
    }

    private static Option<bool> Kubernetes() => new("--kubernetes", "-k") { Description = "Containers of Kubernetes instead of the system's" };

    private static (string Namespace, ContainerDriver Driver) Source(bool kubernetes) =>
        kubernetes ? ("k8s.io", ContainerDriver.Cri) : ("system", ContainerDriver.Containerd);

    private static string Gb(ulong bytes) => Number(bytes / 1e9);

    private static string Number(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Dash(string text) => text.Length == 0 ? "-" : text;

    private static string Moment(Timestamp? time) =>
        time is null ? "-" : time.ToDateTimeOffset().ToString("yyyy-MM-dd HH:mm:ss.fff zzz", CultureInfo.InvariantCulture);
}
