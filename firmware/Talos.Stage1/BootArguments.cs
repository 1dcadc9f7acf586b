using System.Globalization;
using Talos.Linux;

namespace Talos.Stage1;

/// <summary>What the kernel command line of the slot says about its root. The command line is part of the signed UKI.</summary>
/// <param name="Slot">A or B; null when the command line fits both, as that of a bundle does.</param>
/// <param name="RootHash">64 lower-case hexadecimal digits.</param>
/// <param name="Salt">Hexadecimal digits, or <c>-</c> for none.</param>
/// <param name="DataBlocks">Blocks of 4096 bytes.</param>
internal sealed record BootArguments(string? Slot, string RootHash, string Salt, ulong DataBlocks)
{
    /// <summary>GPT labels of the partitions the root may be on.</summary>
    internal IReadOnlyList<string> PartitionLabels => Slot is null ? ["ROOT-A", "ROOT-B"] : [$"ROOT-{Slot}"];

    internal static BootArguments From(KernelCommandLine line)
    {
        string? slot = line.Find("talos.slot");
        string hash = Required(line, "talos.verity.roothash");
        string salt = Required(line, "talos.verity.salt");
        string blocks = Required(line, "talos.verity.datablocks");

        if (slot is not (null or "A" or "B"))
        {
            throw new BootException($"talos.slot={slot}: want A or B");
        }

        if (hash.Length != 64 || !IsHex(hash))
        {
            throw new BootException($"talos.verity.roothash={hash}: want 64 hexadecimal digits");
        }

        if (salt != "-" && (!IsHex(salt) || salt.Length % 2 != 0 || salt.Length > 512))
        {
            throw new BootException($"talos.verity.salt={salt}: want an even number of at most 512 hexadecimal digits, or -");
        }

        if (!ulong.TryParse(blocks, NumberStyles.None, CultureInfo.InvariantCulture, out ulong count) || count is 0 or > 1UL << 40)
        {
            throw new BootException($"talos.verity.datablocks={blocks}: want a number of blocks of 4096 bytes");
        }

        return new BootArguments(slot, hash, salt, count);
    }

    private static string Required(KernelCommandLine line, string key) =>
        line.Find(key) is { Length: > 0 } value ? value : throw new BootException($"the kernel command line has no {key}=");

    private static bool IsHex(string text) => text.All(char.IsAsciiHexDigit);
}
