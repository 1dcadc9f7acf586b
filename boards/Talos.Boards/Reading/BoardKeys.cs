namespace Talos.Boards.Reading;

/// <summary>The keys a descriptor may have, by mapping; <c>board.schema.json</c> has the same.</summary>
internal static class BoardKeys
{
    public static IReadOnlyList<string> Root { get; } =
    [
        "apiVersion", "name", "description", "compatible", "smbios", "soc", "deviceTree", "overlays", "kernelArgs", "console",
        "modules", "firmware", "disk", "bootControl", "watchdog", "leds", "buttons",
    ];

    public static IReadOnlyList<string> Smbios { get; } = ["vendor", "product"];

    public static IReadOnlyList<string> Firmware { get; } = ["file", "offset", "path"];

    public static IReadOnlyList<string> Disk { get; } = ["firstPartition", "efi", "root", "slotBoot"];

    public static IReadOnlyList<string> BootControl { get; } = ["kind", "environment"];

    public static IReadOnlyList<string> Environment { get; } = ["offset", "size"];

    public static IReadOnlyList<string> Led { get; } = ["meaning", "name"];

    public static IReadOnlyList<string> Button { get; } = ["meaning", "keyCode"];
}
