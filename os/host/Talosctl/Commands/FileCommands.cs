using System.CommandLine;
using System.Globalization;
using Grpc.Core;
using Talos.Api.Common;
using Talos.Api.Machine;
using Talosctl.Cli;
using Talosctl.Client;

namespace Talosctl.Commands;

/// <summary><c>list</c>, <c>read</c> and <c>copy</c>: files of the nodes.</summary>
internal static class FileCommands
{
    public static Command List()
    {
        Argument<string> path = new("path") { Description = "Folder or file", DefaultValueFactory = _ => "/" };
        Option<bool> longForm = new("--long", "-l") { Description = "Mode, owner, size and time too" };
        Option<bool> humanize = new("--humanize", "-H") { Description = "Sizes with units" };
        Option<bool> recurse = new("--recurse", "-r") { Description = "Sub-folders too" };
        Option<int> depth = new("--depth", "-d") { Description = "With -r: how deep", DefaultValueFactory = _ => 1 };
        Option<string[]> types = new("--type", "-t") { Description = "Only f (files), d (folders), l (links)", DefaultValueFactory = _ => [] };
        Command command = new("list", "List a folder of the nodes") { path, longForm, humanize, recurse, depth, types };
        command.Aliases.Add("ls");
        command.SetAction(async (parsed, ct) =>
        {
            bool detailed = parsed.GetValue(longForm);
            Table table = detailed ? new("NODE", "MODE", "UID", "GID", "SIZE(B)", "LASTMOD", "NAME") : new("NODE", "NAME");
            int code = await NodeCommand.RunAsync(parsed, ct, async node =>
            {
                ListRequest request = new() { Root = parsed.GetValue(path), Recurse = parsed.GetValue(recurse), RecursionDepth = parsed.GetValue(recurse) ? Math.Max(parsed.GetValue(depth), 2) : 1 };
                request.Types_.AddRange(parsed.List(types).Select(Type));
                using AsyncServerStreamingCall<Talos.Api.Machine.FileInfo> call = node.Machine.List(request, node.Headers, cancellationToken: ct);
                await foreach (Talos.Api.Machine.FileInfo file in call.ResponseStream.ReadAllAsync(ct))
                {
                    if (file.Error.Length > 0)
                    {
                        await Console.Error.WriteLineAsync($"error: {node.Name}: {file.Name}: {file.Error}");
                    }
                    else if (detailed)
                    {
                        string size = parsed.GetValue(humanize) ? Units.Bytes((ulong)file.Size) : file.Size.ToString(CultureInfo.InvariantCulture);
                        string name = file.Link.Length > 0 ? $"{file.RelativeName} -> {file.Link}" : file.RelativeName;
                        table.Add(node.Name, GoFileMode.Text(file.Mode), $"{file.Uid}", $"{file.Gid}", size,
                            DateTimeOffset.FromUnixTimeSeconds(file.Modified).ToString("MMM dd yyyy HH:mm:ss", CultureInfo.InvariantCulture), name);
                    }
                    else
                    {
                        table.Add(node.Name, file.RelativeName);
                    }
                }
            });
            table.WriteTo(Console.Out);
            return code;
        });
        return command;
    }

    public static Command Read()
    {
        Argument<string> path = new("path") { Description = "File to print" };
        Command command = new("read", "Print a file of the nodes") { path };
        command.Aliases.Add("cat");
        command.SetAction((parsed, ct) => NodeCommand.RunAsync(parsed, ct, async node =>
        {
            using AsyncServerStreamingCall<Data> call = node.Machine.Read(new ReadRequest { Path = parsed.GetValue(path) }, node.Headers, cancellationToken: ct);
            await using Stream output = Console.OpenStandardOutput();
            await CopyAsync(call, output, ct);
        }));
        return command;
    }

    public static Command Copy()
    {
        Argument<string> source = new("source") { Description = "File or folder on the node" };
        Argument<string> target = new("target") { Description = "Archive (.tar.gz) to write, a folder to unpack into, or - for standard output" };
        Command command = new("copy", "Copy files from a node") { source, target };
        command.Aliases.Add("cp");
        command.SetAction((parsed, ct) => NodeCommand.RunAsync(parsed, ct, async node =>
        {
            string to = parsed.GetValue(target)!;
            using AsyncServerStreamingCall<Data> call = node.Machine.Copy(new CopyRequest { RootPath = parsed.GetValue(source) }, node.Headers, cancellationToken: ct);
            if (to == "-")
            {
                await using Stream output = Console.OpenStandardOutput();
                await CopyAsync(call, output, ct);
                return;
            }

            string archive = Directory.Exists(to) ? Path.Combine(to, $".talosctl-{Environment.ProcessId}.tar.gz") : to;
            if (File.Exists(archive))
            {
                throw new TalosctlException($"{archive} exists already: name another file");
            }

            try
            {
                await using (FileStream file = File.Create(archive))
                {
                    await CopyAsync(call, file, ct);
                }

                if (archive != to)
                {
                    await using FileStream file = File.OpenRead(archive);
                    await using System.IO.Compression.GZipStream unzipped = new(file, System.IO.Compression.CompressionMode.Decompress);
                    await System.Formats.Tar.TarFile.ExtractToDirectoryAsync(unzipped, to, overwriteFiles: false, ct);
                    File.Delete(archive);
                }
            }
            catch
            {
                File.Delete(archive);
                throw;
            }
        }));
        return command;
    }

    private static async Task CopyAsync(AsyncServerStreamingCall<Data> call, Stream output, CancellationToken ct)
    {
        await foreach (Data data in call.ResponseStream.ReadAllAsync(ct))
        {
            if (data.Metadata?.Error is { Length: > 0 } error)
            {
                throw new TalosctlException(error);
            }

            await output.WriteAsync(data.Bytes.Memory, ct);
        }
    }

    private static ListRequest.Types.Type Type(string letter) => letter switch
    {
        "f" => ListRequest.Types.Type.Regular,
        "d" => ListRequest.Types.Type.Directory,
        "l" or "L" => ListRequest.Types.Type.Symlink,
        _ => throw new TalosctlException($"--type {letter}: one of f, d, l is wanted"),
    };
}

/// <summary>File modes as Go packs them: type bits at the top, permissions at the bottom.</summary>
internal static class GoFileMode
{
    private const string Types = "dalTLDpSugct?";

    /// <summary>A mode such as <c>drwxr-xr-x</c>.</summary>
    public static string Text(uint mode)
    {
        string type = string.Concat(Types.Where((_, i) => (mode & (1u << (31 - i))) != 0));
        return (type.Length == 0 ? "-" : type) + string.Concat("rwxrwxrwx".Select((c, i) => (mode & (1u << (8 - i))) != 0 ? c : '-'));
    }
}
