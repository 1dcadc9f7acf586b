namespace Talos.Rpc.Authorization;

/// <summary>Reads lists out of the metadata of a call.</summary>
public static class Authorizer
{
    /// <summary>Roles out of metadata values; HTTP/2 libraries may join several values with commas.</summary>
    public static IReadOnlyList<string> Parse(IEnumerable<string?> values) =>
        [.. values.SelectMany(v => (v ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
}
