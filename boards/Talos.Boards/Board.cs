namespace Talos.Boards;

/// <summary>What differs between boards, as data; see <c>boards/board.schema.json</c>.</summary>
public sealed record Board
{
    /// <summary>Name of the board and of its folder: 1 to 32 characters of <c>a-z 0-9 -</c>.</summary>
    public required string Name { get; init; }

    /// <summary>For people; empty when not given.</summary>
    public string Description { get; init; } = "";

    /// <summary>Entries of <c>/proc/device-tree/compatible</c> that mean this board; may be empty.</summary>
    public IReadOnlyList<string> Compatible { get; init; } = [];

    /// <summary>SMBIOS strings that mean this board; null when it is not found by them.</summary>
    public BoardSmbios? Smbios { get; init; }

    /// <summary>System on chip, for people and reports; empty when not given.</summary>
    public string Soc { get; init; } = "";

    /// <summary>Device tree below the kernel's <c>dtbs</c> folder; null when the firmware brings its own or uses ACPI.</summary>
    public string? DeviceTree { get; init; }

    /// <summary>Device tree overlays, applied in this order.</summary>
    public IReadOnlyList<string> Overlays { get; init; } = [];

    /// <summary>Kernel arguments of this board, in addition to those of every board.</summary>
    public IReadOnlyList<string> KernelArgs { get; init; } = [];

    /// <summary>Consoles as the kernel writes them (<c>ttyS2,1500000</c>); the last one becomes <c>/dev/console</c>.</summary>
    public IReadOnlyList<string> Consoles { get; init; } = [];

    /// <summary>Kernel modules stage 1 needs on this board to reach its disk and its watchdog, in addition to those of every board.</summary>
    public IReadOnlyList<string> Modules { get; init; } = [];

    /// <summary>Files the boot chain wants in front of or beside the kernel.</summary>
    public IReadOnlyList<BoardFirmware> Firmware { get; init; } = [];

    /// <summary>How the disk is divided.</summary>
    public required BoardDisk Disk { get; init; }

    /// <summary>How the slots are chosen.</summary>
    public required BoardBootControl BootControl { get; init; }

    /// <summary>Watchdog device; null when the board has none.</summary>
    public string? Watchdog { get; init; }

    /// <summary>Lights by meaning (<c>status</c>).</summary>
    public IReadOnlyList<BoardLed> Leds { get; init; } = [];

    /// <summary>Buttons by meaning (<c>reset</c>).</summary>
    public IReadOnlyList<BoardButton> Buttons { get; init; } = [];
}
