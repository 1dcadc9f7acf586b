namespace Talos.Boards.Reading;

/// <summary>What only several values together can break.</summary>
internal static class BoardChecks
{
    private static readonly ByteSize LeastFirstPartition = new(1 << 20);

    // Protective MBR, GPT header and 128 entries of 128 bytes. Source: UEFI 2.10, section 5.3.
    private static readonly ByteSize PartitionTable = new(34 * 512);

    public static void Check(Board board, StrictMapping root)
    {
        if (board.Compatible.Count == 0 && board.Smbios is null)
        {
            throw root.ErrorAt("compatible", "missing: without compatible or smbios nothing finds this board");
        }

        if (board.Disk.FirstPartition < LeastFirstPartition)
        {
            throw root.ErrorAt("disk", $"firstPartition {board.Disk.FirstPartition} is less than {LeastFirstPartition}");
        }

        foreach (BoardFirmware raw in board.Firmware.Where(f => f.Offset is not null))
        {
            CheckRaw(board, root, "firmware", raw.File, raw.Offset!.Value, length: 512);
        }

        CheckBootControl(board, root);
    }

    private static void CheckBootControl(Board board, StrictMapping root)
    {
        BootControlKind kind = board.BootControl.Kind;
        IReadOnlyList<BoardEnvironmentCopy> copies = board.BootControl.Environment;
        if (kind is BootControlKind.UBootEnv ? copies.Count is < 1 or > 2 : copies.Count > 0)
        {
            throw root.ErrorAt("bootControl", kind is BootControlKind.UBootEnv
                ? $"environment has {copies.Count} copies; U-Boot keeps 1 or 2"
                : "environment is for kind uboot-env alone");
        }

        foreach (BoardEnvironmentCopy copy in copies)
        {
            CheckRaw(board, root, "bootControl", "environment", copy.Offset, copy.Size.Bytes);
        }

        if (copies.Count == 2 && Math.Abs(copies[0].Offset.Bytes - copies[1].Offset.Bytes) < copies.Max(c => c.Size.Bytes))
        {
            throw root.ErrorAt("bootControl", "the two copies of environment overlap");
        }

        bool ownsBootPartitions = board.Disk.SlotBoot is not null;
        if (kind is BootControlKind.RpiTryboot && !ownsBootPartitions)
        {
            throw root.ErrorAt("disk", "slotBoot is missing: kind rpi-tryboot starts a slot from its own FAT partition");
        }

        if (kind is BootControlKind.Efi or BootControlKind.JetsonEfi && ownsBootPartitions)
        {
            throw root.ErrorAt("disk", "slotBoot is not for EFI kinds: their boot assets are files of the EFI partition");
        }
    }

    private static void CheckRaw(Board board, StrictMapping root, string key, string what, ByteSize offset, long length)
    {
        if (offset < PartitionTable)
        {
            throw root.ErrorAt(key, $"{what} at {offset} lies on the partition table, which ends at {PartitionTable}");
        }

        if (offset.Bytes + length > board.Disk.FirstPartition.Bytes)
        {
            throw root.ErrorAt(key, $"{what} at {offset} reaches into the first partition at {board.Disk.FirstPartition}");
        }
    }
}
