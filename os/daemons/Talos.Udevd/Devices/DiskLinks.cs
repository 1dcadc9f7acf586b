using System.Globalization;
using System.Text;

namespace Talos.Udevd.Devices;

/// <summary>The names of a block device below /dev beside the kernel's own.</summary>
internal static class DiskLinks
{
    private const int LongestName = 200;

    /// <summary>Links relative to /dev, such as <c>disk/by-id/virtio-root</c>.</summary>
    public static IReadOnlyList<string> Of(DiskFacts disk)
    {
        string part = disk.Partition is { } number ? string.Create(CultureInfo.InvariantCulture, $"-part{number}") : "";
        List<string> links = [];
        void Add(string folder, string name)
        {
            if (name.Length is > 0 and <= LongestName && name is not ("." or ".."))
            {
                links.Add($"disk/{folder}/{name}");
            }
        }

        foreach (string id in Ids(disk))
        {
            Add("by-id", id + part);
        }

        if (DevicePath.Of(disk.Path) is { Length: > 0 } path)
        {
            Add("by-path", path + part);
        }

        Add("by-uuid", Escape(disk.Uuid));
        Add("by-label", Escape(disk.Label));
        Add("by-partuuid", Escape(disk.PartitionUuid));
        Add("by-partlabel", Escape(disk.PartitionLabel));
        if (disk.Sequence > 0)
        {
            Add("by-diskseq", string.Create(CultureInfo.InvariantCulture, $"{disk.Sequence}{part}"));
        }

        if (disk.MapperName.Length > 0)
        {
            links.Add($"mapper/{Escape(disk.MapperName)}");
        }

        return links;
    }

    /// <summary>Text as part of a file name: what may be special is written as <c>\x20</c>. Source: udev(7), by-label.</summary>
    internal static string Escape(string text)
    {
        StringBuilder escaped = new();
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (rune.Value >= 0x80 || Rune.IsLetterOrDigit(rune) || "#+-.:=@_".Contains((char)rune.Value, StringComparison.Ordinal))
            {
                escaped.Append(rune);
            }
            else
            {
                escaped.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}");
            }
        }

        return escaped.ToString();
    }

    private static IEnumerable<string> Ids(DiskFacts disk)
    {
        string serial = Plain(disk.Serial);
        string model = Plain(disk.Model);
        switch (disk.Bus)
        {
            case "virtio" when serial.Length > 0:
                yield return $"virtio-{serial}";
                break;
            case "nvme" or "mmc" or "ata" or "usb" or "scsi" when serial.Length > 0:
                yield return model.Length > 0 ? $"{disk.Bus}-{model}_{serial}" : $"{disk.Bus}-{serial}";
                break;
        }

        string wwid = Plain(disk.WorldWideId);
        if (wwid.StartsWith("naa.", StringComparison.Ordinal))
        {
            yield return $"wwn-0x{wwid[4..]}";
        }
        else if (wwid.Length > 0 && disk.Bus == "nvme")
        {
            yield return $"nvme-{wwid}";
        }

        if (disk.MapperName.Length > 0)
        {
            yield return $"dm-name-{Escape(disk.MapperName)}";
        }

        if (disk.MapperUuid.Length > 0)
        {
            yield return $"dm-uuid-{Escape(disk.MapperUuid)}";
        }
    }

    /// <summary>Text of a device without blanks at its ends; what may be special becomes an underscore.</summary>
    private static string Plain(string text) =>
        new([.. text.Trim(' ', '\0').Select(c => char.IsAsciiLetterOrDigit(c) || "#+-.:=@_".Contains(c, StringComparison.Ordinal) ? c : '_')]);
}
