using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Talos.Boards;

/// <summary>A number of bytes, written with a binary unit: <c>512B</c>, <c>32KiB</c>, <c>10MiB</c>, <c>2GiB</c>.</summary>
/// <param name="Bytes">At least 0.</param>
public readonly record struct ByteSize(long Bytes) : IComparable<ByteSize>
{
    private static readonly (string Unit, long Factor)[] Units =
        [("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10), ("B", 1)];

    /// <summary>Whether it is a whole number of 512-byte sectors.</summary>
    public bool IsWholeSectors => Bytes % 512 == 0;

    /// <summary>Reads a size; a number without unit is refused, for its unit would be a guess.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ByteSize size)
    {
        size = default;
        foreach ((string unit, long factor) in Units)
        {
            if (text is not null && text.EndsWith(unit, StringComparison.Ordinal))
            {
                bool number = long.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long count);
                if (!number || count > long.MaxValue / factor)
                {
                    return false;
                }

                size = new ByteSize(count * factor);
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public int CompareTo(ByteSize other) => Bytes.CompareTo(other.Bytes);

    /// <summary>The shortest exact form: <c>10MiB</c>.</summary>
    public override string ToString()
    {
        long bytes = Bytes;
        (string unit, long factor) = bytes == 0 ? ("B", 1) : Units.First(u => bytes % u.Factor == 0);
        return $"{bytes / factor}{unit}";
    }

    /// <summary>Compares sizes.</summary>
    public static bool operator <(ByteSize left, ByteSize right) => left.Bytes < right.Bytes;

    /// <summary>Compares sizes.</summary>
    public static bool operator >(ByteSize left, ByteSize right) => left.Bytes > right.Bytes;

    /// <summary>Compares sizes.</summary>
    public static bool operator <=(ByteSize left, ByteSize right) => left.Bytes <= right.Bytes;

    /// <summary>Compares sizes.</summary>
    public static bool operator >=(ByteSize left, ByteSize right) => left.Bytes >= right.Bytes;
}
