using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Talos.Disks.Meta;

/// <summary>The values of META: one copy is 256 KiB, big-endian.</summary>
/// <remarks>
/// <code>
/// 0          magic 5A 4B 3C 2D
/// 4          entries: tag (4 bytes), size (4 bytes), value; tag 0 ends them; the rest is zero
/// 262108     SHA-256 of the copy with these 32 bytes zero
/// 262140     magic A5 B4 C3 D2
/// </code>
/// </remarks>
public sealed class MetaBlock
{
    /// <summary>Bytes of one copy.</summary>
    public const int Size = 256 * 1024;

    private const uint Magic = 0x5A4B_3C2D, EndMagic = 0xA5B4_C3D2;
    private const int HashOffset = Size - 36, Head = 4, EntryHead = 8;

    private readonly ImmutableSortedDictionary<uint, ImmutableArray<byte>> _values;

    private MetaBlock(ImmutableSortedDictionary<uint, ImmutableArray<byte>> values) => _values = values;

    /// <summary>No values.</summary>
    public static MetaBlock Empty { get; } = new(ImmutableSortedDictionary<uint, ImmutableArray<byte>>.Empty);

    /// <summary>Bytes for entries, with 8 for each and 4 for the end.</summary>
    public static int Capacity => HashOffset - Head;

    /// <summary>The tags that have a value.</summary>
    public IEnumerable<uint> Tags => _values.Keys;

    /// <summary>The value of a tag; null when it has none.</summary>
    public ReadOnlyMemory<byte>? Find(uint tag) => _values.TryGetValue(tag, out ImmutableArray<byte> value) ? value.AsMemory() : (ReadOnlyMemory<byte>?)null;

    /// <summary>Sets a value.</summary>
    /// <exception cref="InvalidDataException">Tag 0, or no space.</exception>
    public MetaBlock With(uint tag, ReadOnlySpan<byte> value)
    {
        if (tag == 0)
        {
            throw new InvalidDataException("meta tag 0 marks the end and has no value");
        }

        MetaBlock changed = new(_values.SetItem(tag, [.. value]));
        int used = changed._values.Sum(v => EntryHead + v.Value.Length) + 4;
        return used <= Capacity ? changed : throw new InvalidDataException($"meta is full: {used} bytes wanted, {Capacity} there");
    }

    /// <summary>Removes a value; nothing happens when there is none.</summary>
    public MetaBlock Without(uint tag) => new(_values.Remove(tag));

    /// <summary>Parses one copy; null when it is damaged.</summary>
    public static MetaBlock? TryParse(ReadOnlySpan<byte> data)
    {
        if (data.Length < Size || BinaryPrimitives.ReadUInt32BigEndian(data) != Magic
            || BinaryPrimitives.ReadUInt32BigEndian(data[(Size - 4)..]) != EndMagic)
        {
            return null;
        }

        byte[] copy = data[..Size].ToArray();
        copy.AsSpan(HashOffset, 32).Clear();
        if (!SHA256.HashData(copy).AsSpan().SequenceEqual(data.Slice(HashOffset, 32)))
        {
            return null;
        }

        ImmutableSortedDictionary<uint, ImmutableArray<byte>>.Builder values = ImmutableSortedDictionary.CreateBuilder<uint, ImmutableArray<byte>>();
        ReadOnlySpan<byte> rest = data[Head..HashOffset];
        while (rest.Length >= 4 && BinaryPrimitives.ReadUInt32BigEndian(rest) is not 0 and uint tag)
        {
            uint size = rest.Length >= EntryHead ? BinaryPrimitives.ReadUInt32BigEndian(rest[4..]) : uint.MaxValue;
            if (size > rest.Length - EntryHead)
            {
                return null;
            }

            values[tag] = [.. rest.Slice(EntryHead, (int)size)];
            rest = rest[(EntryHead + (int)size)..];
        }

        return new MetaBlock(values.ToImmutable());
    }

    /// <summary>One copy.</summary>
    public byte[] ToBytes()
    {
        byte[] data = new byte[Size];
        BinaryPrimitives.WriteUInt32BigEndian(data, Magic);
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(Size - 4), EndMagic);
        int position = Head;
        foreach ((uint tag, ImmutableArray<byte> value) in _values)
        {
            BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(position), tag);
            BinaryPrimitives.WriteInt32BigEndian(data.AsSpan(position + 4), value.Length);
            value.AsSpan().CopyTo(data.AsSpan(position + EntryHead));
            position += EntryHead + value.Length;
        }

        SHA256.HashData(data).CopyTo(data, HashOffset);
        return data;
    }
}
