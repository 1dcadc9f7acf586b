using System.Globalization;
using System.Text;

namespace Talos.Disks.Probing;

/// <summary>Texts and ids in superblocks.</summary>
internal static class SuperblockText
{
    /// <summary>Text up to a zero, without blanks at the end; bytes that are no UTF-8 become U+FFFD.</summary>
    internal static string Label(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? field : field[..end]).TrimEnd(' ');
    }

    /// <summary>Sixteen bytes in the order they are written; empty when all are zero.</summary>
    internal static string Uuid(ReadOnlySpan<byte> field)
    {
        Guid id = new(field[..16], bigEndian: true);
        return id == Guid.Empty ? "" : id.ToString("D", CultureInfo.InvariantCulture);
    }

    internal static bool IsPowerOfTwo(long value, long least, long most) => value >= least && value <= most && (value & (value - 1)) == 0;
}
