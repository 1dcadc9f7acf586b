using System.Globalization;
using Talos.Api.Machine;

namespace Talos.Machined.Api.Proc;

/// <summary>The sockets of the node's own network, as procfs shows them.</summary>
internal static class SocketTable
{
    private static readonly string[] Protocols = ["tcp", "tcp6", "udp", "udp6", "udplite", "udplite6", "raw", "raw6"];

    /// <summary>Reads the sockets that a request asks for.</summary>
    public static IEnumerable<ConnectRecord> Read(NetstatRequest request)
    {
        ConnectRecord[] records =
        [
            .. Wanted(request.L4Proto).Where(p => File.Exists($"/proc/net/{p}"))
                .SelectMany(p => SocketText.Parse(File.ReadAllText($"/proc/net/{p}"), p))
                .Where(r => Passes(r, request.Filter)),
        ];
        if (request.Feature?.Pid == true)
        {
            AddProcesses(records);
        }

        return records;
    }

    /// <summary>Whether a socket is of the wanted kind: one with a peer is connected, the others wait for one.</summary>
    internal static bool Passes(ConnectRecord record, NetstatRequest.Types.Filter filter) => filter switch
    {
        NetstatRequest.Types.Filter.Connected => record.Remoteport != 0,
        NetstatRequest.Types.Filter.Listening => record.Remoteport == 0,
        _ => true,
    };

    private static string[] Wanted(NetstatRequest.Types.L4proto? protocols)
    {
        bool[] chosen = protocols is null
            ? []
            : [protocols.Tcp, protocols.Tcp6, protocols.Udp, protocols.Udp6, protocols.Udplite, protocols.Udplite6, protocols.Raw, protocols.Raw6];
        return chosen.Contains(true) ? [.. Protocols.Where((_, i) => chosen[i])] : Protocols;
    }

    private static void AddProcesses(IReadOnlyCollection<ConnectRecord> records)
    {
        Dictionary<ulong, int> owners = [];
        foreach (int id in ProcessTable.Ids())
        {
            foreach (ulong inode in Sockets($"/proc/{id}/fd"))
            {
                owners.TryAdd(inode, id);
            }
        }

        foreach (ConnectRecord record in records.Where(r => owners.ContainsKey(r.Inode)))
        {
            int id = owners[record.Inode];
            record.Process = new ConnectRecord.Types.Process { Pid = (uint)id, Name = Name(id) };
        }
    }

    private static IEnumerable<ulong> Sockets(string folder)
    {
        const string prefix = "socket:[";
        string[] links;
        try
        {
            links = [.. Directory.EnumerateFileSystemEntries(folder).Select(p => new System.IO.FileInfo(p).LinkTarget ?? "")];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The process has ended.
            links = [];
        }

        foreach (string link in links.Where(l => l.StartsWith(prefix, StringComparison.Ordinal)))
        {
            yield return ulong.Parse(link.AsSpan(prefix.Length, link.Length - prefix.Length - 1), CultureInfo.InvariantCulture);
        }
    }

    private static string Name(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/comm").TrimEnd('\n');
        }
        catch (IOException)
        {
            return "";
        }
    }
}
