using System.Globalization;
using System.Net;
using Talos.Api.Machine;

namespace Talos.Machined.Api.Proc;

/// <summary>Reads <c>/proc/net/tcp</c> and its like.</summary>
internal static class SocketText
{
    /// <summary>The sockets of one file.</summary>
    /// <param name="text">Content of the file.</param>
    /// <param name="protocol">Such as <c>tcp6</c>.</param>
    public static IEnumerable<ConnectRecord> Parse(string text, string protocol)
    {
        foreach (string line in ProcText.Lines(text).Skip(1))
        {
            string[] words = ProcText.Words(line);
            if (words.Length < 12 || words[1].Split(':') is not [var local, var localPort] || words[2].Split(':') is not [var remote, var remotePort])
            {
                continue;
            }

            string[] queues = words[4].Split(':');
            string[] timer = words[5].Split(':');
            yield return new ConnectRecord
            {
                L4Proto = protocol,
                Localip = Address(local),
                Localport = (uint)Hex(localPort),
                Remoteip = Address(remote),
                Remoteport = (uint)Hex(remotePort),
                State = (ConnectRecord.Types.State)Hex(words[3]),
                Txqueue = Hex(queues[0]),
                Rxqueue = Hex(queues.ElementAtOrDefault(1) ?? ""),
                Tr = (ConnectRecord.Types.TimerActive)Hex(timer[0]),
                Timerwhen = Hex(timer.ElementAtOrDefault(1) ?? ""),
                Retrnsmt = Hex(words[6]),
                Uid = (uint)ProcText.Number(words, 7),
                Timeout = ProcText.Number(words, 8),
                Inode = ProcText.Number(words, 9),
                Ref = ProcText.Number(words, 10),
                Pointer = Hex(words[11]),
            };
        }
    }

    // Each group of four bytes is a number in the byte order of the machine: little endian on all we run on.
    private static string Address(string hex)
    {
        byte[] bytes = Convert.FromHexString(hex);
        for (int i = 0; i + 4 <= bytes.Length; i += 4)
        {
            Array.Reverse(bytes, i, 4);
        }

        return new IPAddress(bytes).ToString();
    }

    private static ulong Hex(string text) =>
        ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong number) ? number : 0;
}
