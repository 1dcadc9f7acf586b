using System.Text;
using Talos.Linux;

namespace Talos.Stage1;

/// <summary>What the boot loader says it started. Only a hint: it is asked when the root hash fits both slots.</summary>
/// <remarks>Source: systemd boot loader interface, EFI variable LoaderEntrySelected: four bytes of attributes, then UTF-16.</remarks>
internal static class SelectedEntry
{
    private const string Folder = "/sys/firmware/efi/efivars";
    private const string Variable = "LoaderEntrySelected-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f";

    /// <summary>A or B; null when there is no EFI, or the entry is none of ours.</summary>
    internal static char? ReadSlot()
    {
        try
        {
            Mounts.Mount("efivarfs", Folder, "efivarfs", MountFlags.ReadOnly | MountFlags.NoSuid | MountFlags.NoExec | MountFlags.NoDev);
            try
            {
                return SlotOf(File.ReadAllBytes(Path.Combine(Folder, Variable)));
            }
            finally
            {
                Mounts.Unmount(Folder);
            }
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>The slot in <c>talos-GENERATION-SLOT.efi</c>, with a counter or without.</summary>
    internal static char? SlotOf(ReadOnlySpan<byte> variable)
    {
        string name = variable.Length > 4 ? Encoding.Unicode.GetString(variable[4..]).TrimEnd('\0') : "";
        string[] parts = name.Split('-');
        return parts.Length >= 3 && parts[0].Equals("talos", StringComparison.OrdinalIgnoreCase) && parts[2].Length > 1
            && char.ToUpperInvariant(parts[2][0]) is 'A' or 'B' && !char.IsAsciiLetterOrDigit(parts[2][1])
            ? char.ToUpperInvariant(parts[2][0])
            : null;
    }
}
