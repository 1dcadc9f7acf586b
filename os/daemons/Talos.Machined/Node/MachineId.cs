using System.Security.Cryptography;

namespace Talos.Machined.Node;

/// <summary>The id by which the kubelet and others know this installation, <c>/etc/machine-id</c>.</summary>
internal static class MachineId
{
    private const string Kept = MountTasks.State + "/machine-id";
    private const string Shown = "/system/etc/machine-id";

    /// <summary>Takes the id kept on STATE, or makes one and keeps it.</summary>
    public static void Settle()
    {
        string? id = Read(Kept);
        if (id is null)
        {
            id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
            Linux.Files.WriteAtomically(Kept, id + "\n");
        }

        Show(id);
    }

    /// <summary>Shows an id that lasts until the next boot, for as long as there is no STATE.</summary>
    public static void ShowTemporary() =>
        Show(File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim().Replace("-", "", StringComparison.Ordinal));

    /// <summary>In place: the file is bound over <c>/etc/machine-id</c>, which a new file would not be.</summary>
    private static void Show(string id) => File.WriteAllText(Shown, id + "\n");

    private static string? Read(string path) =>
        File.Exists(path) && File.ReadAllText(path).Trim() is { Length: 32 } id && id.All(char.IsAsciiHexDigitLower) ? id : null;
}
