using Talos.Api.Machine;

namespace Talos.Machined.Api.Proc;

/// <summary>Reads <c>/proc/net/dev</c>.</summary>
internal static class NetworkText
{
    public static NetworkDeviceStats Parse(string text)
    {
        NetworkDeviceStats stats = new() { Total = new NetDev { Name = "Total" } };
        foreach (string line in ProcText.Lines(text))
        {
            // Two lines of headings have no colon; a name may touch its first number.
            int colon = line.LastIndexOf(':');
            if (colon < 0)
            {
                continue;
            }

            NetDev device = Device(line[..colon].Trim(), ProcText.Words(line[(colon + 1)..]));
            stats.Devices.Add(device);
            Add(stats.Total, device);
        }

        return stats;
    }

    private static NetDev Device(string name, string[] words) => new()
    {
        Name = name,
        RxBytes = ProcText.Number(words, 0),
        RxPackets = ProcText.Number(words, 1),
        RxErrors = ProcText.Number(words, 2),
        RxDropped = ProcText.Number(words, 3),
        RxFifo = ProcText.Number(words, 4),
        RxFrame = ProcText.Number(words, 5),
        RxCompressed = ProcText.Number(words, 6),
        RxMulticast = ProcText.Number(words, 7),
        TxBytes = ProcText.Number(words, 8),
        TxPackets = ProcText.Number(words, 9),
        TxErrors = ProcText.Number(words, 10),
        TxDropped = ProcText.Number(words, 11),
        TxFifo = ProcText.Number(words, 12),
        TxCollisions = ProcText.Number(words, 13),
        TxCarrier = ProcText.Number(words, 14),
        TxCompressed = ProcText.Number(words, 15),
    };

    private static void Add(NetDev total, NetDev device)
    {
        total.RxBytes += device.RxBytes;
        total.RxPackets += device.RxPackets;
        total.RxErrors += device.RxErrors;
        total.RxDropped += device.RxDropped;
        total.RxFifo += device.RxFifo;
        total.RxFrame += device.RxFrame;
        total.RxCompressed += device.RxCompressed;
        total.RxMulticast += device.RxMulticast;
        total.TxBytes += device.TxBytes;
        total.TxPackets += device.TxPackets;
        total.TxErrors += device.TxErrors;
        total.TxDropped += device.TxDropped;
        total.TxFifo += device.TxFifo;
        total.TxCollisions += device.TxCollisions;
        total.TxCarrier += device.TxCarrier;
        total.TxCompressed += device.TxCompressed;
    }
}
