namespace Talos.Imager.Rootfs;

/// <summary>The text of <c>os-release</c>, in the root and in the UKI's section <c>.osrel</c>.</summary>
/// <remarks>Source: os-release(5).</remarks>
internal static class OsRelease
{
    public static string Text(string release) =>
        $"""
        NAME="Talos Edge"
        ID=talos
        VERSION_ID={release}
        PRETTY_NAME="Talos Edge ({release})"
        CPE_NAME="cpe:/o:talos:talos-edge:{release}"

        """;
}
