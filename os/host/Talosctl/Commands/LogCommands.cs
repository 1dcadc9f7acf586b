using System.CommandLine;
using Grpc.Core;
using Talos.Api.Common;
using Talos.Api.Machine;
using Talosctl.Cli;
using Talosctl.Client;

namespace Talosctl.Commands;

/// <summary><c>logs</c> and <c>dmesg</c>: streams of text.</summary>
internal static class LogCommands
{
    public static Command Logs()
    {
        Argument<string> id = new("service") { Description = "Service, or container with -k" };
        Option<bool> kubernetes = new("--kubernetes", "-k") { Description = "The log of a container of Kubernetes" };
        Option<bool> follow = new("--follow", "-f") { Description = "Go on printing what is added" };
        Option<int> tail = new("--tail") { Description = "Lines from the end to begin with; all when negative", DefaultValueFactory = _ => -1 };
        Option<bool> insecure = NodeCommand.Insecure();
        Option<string[]> fingerprints = NodeCommand.Fingerprints();
        Command command = new("logs", "Print the log of a service or container") { id, kubernetes, follow, tail, insecure, fingerprints };
        command.SetAction((parsed, ct) => NodeCommand.SideBySideAsync(parsed, parsed.GetValue(insecure), parsed.GetValue(fingerprints)!, ct, async node =>
        {
            using AsyncServerStreamingCall<Data> call = node.Machine.Logs(new LogsRequest
            {
                Namespace = parsed.GetValue(kubernetes) ? "k8s.io" : "system",
                Driver = parsed.GetValue(kubernetes) ? ContainerDriver.Cri : ContainerDriver.Containerd,
                Id = parsed.GetValue(id)!,
                Follow = parsed.GetValue(follow),
                TailLines = parsed.GetValue(tail),
            }, node.Headers, cancellationToken: ct);
            await LinesAsync(node, call, parsed.List(GlobalOptions.Nodes).Count > 1, ct);
        }));
        return command;
    }

    public static Command Dmesg()
    {
        Option<bool> follow = new("--follow", "-f") { Description = "Go on printing new messages" };
        Option<bool> tail = new("--tail") { Description = "With -f: new messages only" };
        Option<bool> insecure = NodeCommand.Insecure();
        Option<string[]> fingerprints = NodeCommand.Fingerprints();
        Command command = new("dmesg", "Print the log of the kernel") { follow, tail, insecure, fingerprints };
        command.SetAction((parsed, ct) => NodeCommand.SideBySideAsync(parsed, parsed.GetValue(insecure), parsed.GetValue(fingerprints)!, ct, async node =>
        {
            using AsyncServerStreamingCall<Data> call = node.Machine.Dmesg(
                new DmesgRequest { Follow = parsed.GetValue(follow), Tail = parsed.GetValue(tail) }, node.Headers, cancellationToken: ct);
            await LinesAsync(node, call, named: true, ct);
        }));
        return command;
    }

    /// <summary>Prints whole lines, each with the node's name when several nodes talk.</summary>
    private static async Task LinesAsync(NodeClient node, AsyncServerStreamingCall<Data> call, bool named, CancellationToken ct)
    {
        string prefix = named ? $"{node.Name}: " : "";
        List<byte> rest = [];
        await foreach (Data data in call.ResponseStream.ReadAllAsync(ct))
        {
            if (data.Metadata?.Error is { Length: > 0 } error)
            {
                throw new TalosctlException(error);
            }

            rest.AddRange(data.Bytes.Span);
            if (named && rest.Count > 0 && rest[^1] != '\n' && rest.Count < 1 << 16 && data.Bytes.Span.IndexOf((byte)'\n') < 0)
            {
                rest.Add((byte)'\n');
            }

            int end = rest.LastIndexOf((byte)'\n');
            if (end >= 0)
            {
                Write(prefix, [.. rest[..(end + 1)]]);
                rest.RemoveRange(0, end + 1);
            }
        }

        if (rest.Count > 0)
        {
            Write(prefix, [.. rest, (byte)'\n']);
        }
    }

    private static void Write(string prefix, byte[] lines)
    {
        string text = System.Text.Encoding.UTF8.GetString(lines);
        Console.Out.Write(prefix.Length == 0 ? text : string.Concat(text.TrimEnd('\n').Split('\n').Select(l => $"{prefix}{l}\n")));
    }
}
