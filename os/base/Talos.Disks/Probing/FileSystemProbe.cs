namespace Talos.Disks.Probing;

/// <summary>Recognises what a device holds by its first bytes. It believes nothing that does not fit the device.</summary>
public static class FileSystemProbe
{
    /// <summary>How many bytes from the start of the device a probe looks at.</summary>
    public const int Length = 64 * 1024;

    private static readonly Func<ReadOnlySpan<byte>, ProbeResult?>[] Probes =
    [
        Luks.Probe, Xfs.Probe, Squashfs.Probe, Ext.Probe, Swap.Probe, TalosMeta.Probe, GptSignature.Probe, Vfat.Probe,
    ];

    /// <summary>Recognises the content; null when it is none we know.</summary>
    /// <param name="head">The first <see cref="Length"/> bytes of the device, or all of a smaller one.</param>
    /// <param name="deviceSize">Bytes; content that claims to be larger is not believed.</param>
    public static ProbeResult? Probe(ReadOnlySpan<byte> head, long deviceSize)
    {
        foreach (Func<ReadOnlySpan<byte>, ProbeResult?> probe in Probes)
        {
            if (probe(head) is { } found && found.Size <= deviceSize)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>Recognises the content of a stream that is the device.</summary>
    public static ProbeResult? Probe(Stream device)
    {
        ArgumentNullException.ThrowIfNull(device);
        byte[]? head = device.ReadAt(0, (int)Math.Min(Length, device.Length));
        return head is null ? null : Probe(head, device.Length);
    }
}
