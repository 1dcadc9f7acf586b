namespace Talos.Imager.Rootfs;

/// <summary>The text of <c>os-release</c>.</summary>
/// <remarks>Source: os-release(5).</remarks>
internal static class OsRelease
{
    /// <summary>Of the root.</summary>
    public static string Text(string release) =>
        $"""
        NAME="Talos Edge"
        ID=talos
        VERSION_ID={release}
        PRETTY_NAME="Talos Edge ({release})"
        CPE_NAME="cpe:/o:talos:talos-edge:{release}"

        """;

    /// <summary>
    /// Of the UKI, section <c>.osrel</c>. Without any version: the boot loader would sort by it before it looks at the
    /// file name, and an older version installed on purpose would not start.
    /// </summary>
    public static string BootEntry(string release) =>
        $"""
        NAME="Talos Edge"
        ID=talos
        PRETTY_NAME="Talos Edge ({release})"

        """;
}
