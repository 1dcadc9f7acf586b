using Talos.Boards;
using Talos.Imager.Tools;

namespace Talos.Imager.Disk;

/// <summary>Where everything lies on the disk.</summary>
/// <param name="DiskId">GUID of the disk.</param>
/// <param name="Length">Length of the image in bytes; machined moves the backup table to the end of a larger disk.</param>
/// <param name="Partitions">In disk order.</param>
internal sealed record DiskLayout(Guid DiskId, long Length, IReadOnlyList<DiskPartition> Partitions)
{
    public const string Efi = "EFI";
    public const string RootA = "ROOT-A";
    public const string RootB = "ROOT-B";
    public const string Meta = "META";

    private const long Mebibyte = 1 << 20;

    /// <summary>Room for the UKI of each slot and one on its way, 40 MB each, twice over.</summary>
    private const long DefaultEfi = 256 * Mebibyte;

    /// <summary>Three times today's root, so that a release can grow.</summary>
    private const long DefaultRoot = 256 * Mebibyte;

    // mkfs.vfat makes FAT32 of clusters of 1 KiB only with 65525 of them.
    private const long LeastEfi = 72 * Mebibyte;

    private static readonly Guid EfiType = new("C12A7328-F81F-11D2-BA4B-00A0C93EC93B");
    private static readonly Guid LinuxType = new("0FC63DAF-8483-4772-8E79-3D69D8477DE4");

    /// <summary>The partition with a label.</summary>
    public DiskPartition this[string label] => Partitions.First(p => p.Label == label);

    /// <summary>Lays the disk out for a board.</summary>
    /// <param name="board">Gives first partition and sizes.</param>
    /// <param name="rootLength">Length of the root with its hash tree.</param>
    /// <param name="rootHash">Makes GUIDs differ between releases.</param>
    /// <exception cref="ImagerException">The root does not fit, or the boot control kind has no image yet.</exception>
    public static DiskLayout Plan(Board board, long rootLength, string rootHash)
    {
        if (board.BootControl.Kind is not BootControlKind.Efi)
        {
            throw new ImagerException($"board {board.Name}: images of boot control kind {board.BootControl.Kind} cannot be built yet; efi can");
        }

        long efi = Align(board.Disk.Efi?.Bytes ?? DefaultEfi);
        long root = Align(board.Disk.Root?.Bytes ?? DefaultRoot);
        if (efi < LeastEfi)
        {
            throw new ImagerException($"board {board.Name}: disk.efi {board.Disk.Efi} is less than {LeastEfi / Mebibyte}MiB");
        }

        if (rootLength > root)
        {
            throw new ImagerException($"root: {rootLength} bytes do not fit into a partition of {root}; raise disk.root of board {board.Name}");
        }

        List<DiskPartition> partitions = [];
        long offset = Align(board.Disk.FirstPartition.Bytes);
        foreach ((string label, Guid type, long length) in new[] { (Efi, EfiType, efi), (RootA, LinuxType, root), (RootB, LinuxType, root), (Meta, LinuxType, Mebibyte) })
        {
            partitions.Add(new DiskPartition(partitions.Count + 1, label, type, Identifier.FromText($"partition {board.Name} {label} {rootHash}"), offset, length));
            offset += length;
        }

        // The last mebibyte holds the backup table.
        return new DiskLayout(Identifier.FromText($"disk {board.Name} {rootHash}"), offset + Mebibyte, partitions);
    }

    private static long Align(long value) => (value + Mebibyte - 1) / Mebibyte * Mebibyte;
}
