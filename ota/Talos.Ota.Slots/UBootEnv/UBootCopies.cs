namespace Talos.Ota.Slots.UBootEnv;

/// <summary>One or two copies of a U-Boot environment: which one counts, and which is written next.</summary>
/// <param name="Environment">The values that count; empty when no copy is intact.</param>
/// <param name="WriteTo">Index of the copy to write next.</param>
/// <param name="Flag">The flag it gets; null with a single copy.</param>
public sealed record UBootCopies(UBootEnvironment Environment, int WriteTo, byte? Flag)
{
    /// <summary>False when no copy is intact: U-Boot runs on its built-in values then, which a written copy would hide.</summary>
    public bool IsReadable { get; init; } = true;

    /// <summary>Reads all copies.</summary>
    /// <param name="copies">One or two, of one length.</param>
    public static UBootCopies Read(IReadOnlyList<byte[]> copies)
    {
        ArgumentNullException.ThrowIfNull(copies);
        if (copies.Count == 1)
        {
            UBootEnvironment? only = UBootEnvironment.TryParse(copies[0], redundant: false);
            return new UBootCopies(only ?? UBootEnvironment.Empty, 0, null) { IsReadable = only is not null };
        }

        UBootEnvironment? first = UBootEnvironment.TryParse(copies[0], redundant: true);
        UBootEnvironment? second = UBootEnvironment.TryParse(copies[1], redundant: true);
        int active = (first, second) switch
        {
            (null, not null) => 1,
            (not null, not null) when IsNewer(copies[1][4], copies[0][4]) => 1,
            _ => 0,
        };
        return first is null && second is null
            ? new UBootCopies(UBootEnvironment.Empty, 0, 1) { IsReadable = false }
            : new UBootCopies((active == 1 ? second : first)!, 1 - active, (byte)(copies[active][4] + 1));
    }

    // The counter runs over: 0 is newer than 255, but any other lower number is older.
    private static bool IsNewer(byte flag, byte than) => (flag, than) switch
    {
        (0, 255) => true,
        (255, 0) => false,
        _ => flag > than,
    };
}
