namespace Talos.Imager.Disk;

/// <summary>How mtools and mkfs.vfat are called so that they neither ask nor write what differs from build to build.</summary>
internal static class Fat
{
    // FAT knows no time before 1980; one fixed time keeps builds alike.
    private const string Time = "315532800";

    /// <summary>Volume serial number.</summary>
    public const string Serial = "54414c4f";

    /// <summary>Variables for mtools.</summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } =
        new Dictionary<string, string> { ["SOURCE_DATE_EPOCH"] = Time, ["MTOOLS_SKIP_CHECK"] = "1" };
}
