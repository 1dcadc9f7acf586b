namespace Talos.Boards;

/// <summary>SMBIOS (DMI) strings of a board.</summary>
/// <param name="Vendor">System manufacturer, <c>/sys/class/dmi/id/sys_vendor</c>.</param>
/// <param name="Product">Product name, <c>/sys/class/dmi/id/product_name</c>.</param>
public sealed record BoardSmbios(string Vendor, string Product);

/// <summary>A file of the boot chain: raw on the disk or in the EFI partition, one of the two.</summary>
/// <param name="File">Name in the board's folder or in the folder of built firmware.</param>
/// <param name="Offset">Where it starts on the disk; null when it is a file of the EFI partition.</param>
/// <param name="Path">Its path in the EFI partition; null when it is raw on the disk.</param>
public sealed record BoardFirmware(string File, ByteSize? Offset, string? Path);

/// <summary>How the disk is divided; sizes of null are the imager's default.</summary>
/// <param name="FirstPartition">Start of the first partition; at least 1 MiB.</param>
/// <param name="Efi">Size of the EFI partition.</param>
/// <param name="Root">Size of each of ROOT-A and ROOT-B.</param>
/// <param name="SlotBoot">Size of BOOT-A and BOOT-B, FAT partitions a slot's own boot assets live in; null: there are none.</param>
public sealed record BoardDisk(ByteSize FirstPartition, ByteSize? Efi, ByteSize? Root, ByteSize? SlotBoot);

/// <summary>How the boot loader knows the slot to start.</summary>
/// <param name="Kind">The mechanism.</param>
/// <param name="Environment">One or two places of the U-Boot environment; empty for other kinds.</param>
public sealed record BoardBootControl(BootControlKind Kind, IReadOnlyList<BoardEnvironmentCopy> Environment);

/// <summary>One copy of a U-Boot environment on the disk.</summary>
/// <param name="Offset">Where it starts.</param>
/// <param name="Size">Its length, CONFIG_ENV_SIZE.</param>
public sealed record BoardEnvironmentCopy(ByteSize Offset, ByteSize Size);

/// <summary>A light.</summary>
/// <param name="Meaning">What it shows: <c>status</c>, <c>activity</c>, ...</param>
/// <param name="Name">Name below <c>/sys/class/leds</c>.</param>
public sealed record BoardLed(string Meaning, string Name);

/// <summary>A button.</summary>
/// <param name="Meaning">What it does: <c>reset</c>, <c>user</c>, ...</param>
/// <param name="KeyCode">Linux input event code, 1 to 767 (KEY_RESTART is 408).</param>
public sealed record BoardButton(string Meaning, int KeyCode);
