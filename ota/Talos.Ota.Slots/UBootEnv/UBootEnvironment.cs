using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Talos.Disks.Gpt;

namespace Talos.Ota.Slots.UBootEnv;

/// <summary>A U-Boot environment: names and values.</summary>
/// <remarks>
/// <code>
/// 0          CRC-32 of everything behind the head, little-endian
/// 4          flag, only where there are two copies: counts writes, 255 is followed by 0
/// 4 or 5     name=value, each ended by a zero byte; another zero ends the list; the rest is not looked at
/// </code>
/// Source: U-Boot, include/env_internal.h (environment_t), env/common.c (env_import_redund), tools/env/fw_env.c.
/// </remarks>
/// <param name="Values">In ordinal order of names.</param>
public sealed record UBootEnvironment(ImmutableSortedDictionary<string, string> Values)
{
    /// <summary>No values.</summary>
    public static UBootEnvironment Empty { get; } = new(ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal));

    /// <summary>The value of a name; null when it has none.</summary>
    public string? Find(string name) => Values.GetValueOrDefault(name);

    /// <summary>Sets a value; an empty one removes the name, as U-Boot does.</summary>
    /// <exception cref="ArgumentException">The name or value cannot be stored.</exception>
    public UBootEnvironment With(string name, string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        return name.AsSpan().IndexOfAny('=', '\0') >= 0 || value.Contains('\0', StringComparison.Ordinal)
            ? throw new ArgumentException($"U-Boot environment: {name}={value} has an equals sign in its name or a zero", nameof(name))
            : new UBootEnvironment(value.Length == 0 ? Values.Remove(name) : Values.SetItem(name, value));
    }

    /// <summary>Parses one copy; null when its checksum does not fit.</summary>
    /// <param name="copy">All of it.</param>
    /// <param name="redundant">Whether there are two copies, each with a flag.</param>
    public static UBootEnvironment? TryParse(ReadOnlySpan<byte> copy, bool redundant)
    {
        int head = Head(redundant);
        if (copy.Length <= head || BinaryPrimitives.ReadUInt32LittleEndian(copy) != Crc32.Of(copy[head..]))
        {
            return null;
        }

        ImmutableSortedDictionary<string, string>.Builder values = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        ReadOnlySpan<byte> rest = copy[head..];
        while (rest.Length > 0 && rest[0] != 0)
        {
            int end = rest.IndexOf((byte)0);
            ReadOnlySpan<byte> entry = end < 0 ? rest : rest[..end];
            int equals = entry.IndexOf((byte)'=');
            if (equals > 0)
            {
                values[Encoding.Latin1.GetString(entry[..equals])] = Encoding.Latin1.GetString(entry[(equals + 1)..]);
            }

            rest = end < 0 ? [] : rest[(end + 1)..];
        }

        return new UBootEnvironment(values.ToImmutable());
    }

    /// <summary>One copy.</summary>
    /// <param name="size">Bytes of a copy, CONFIG_ENV_SIZE.</param>
    /// <param name="flag">The flag where there are two copies; null where there is one.</param>
    /// <exception cref="SlotException">The values need more.</exception>
    public byte[] ToBytes(int size, byte? flag)
    {
        int head = Head(flag is not null);
        byte[] text = Encoding.Latin1.GetBytes(string.Concat(Values.Select(v => $"{v.Key}={v.Value}\0")) + '\0');
        if (head + text.Length > size)
        {
            throw new SlotException($"U-Boot environment: {text.Length} bytes of values are more than {size - head}");
        }

        byte[] copy = new byte[size];
        text.CopyTo(copy, head);
        if (flag is { } value)
        {
            copy[4] = value;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(copy, Crc32.Of(copy.AsSpan(head)));
        return copy;
    }

    private static int Head(bool redundant) => redundant ? 5 : 4;
}
