namespace Talos.Fleet.Protocol;

/// <summary>Checks of single values; each gives null or what is wrong with which member.</summary>
internal static class Limit
{
    public static string? Text(string member, string? value, int max, int min = 0)
    {
        if (value is null)
        {
            return null;
        }

        if (value.Length < min || value.Length > max)
        {
            return $"{member}: {value.Length} characters; {min} to {max} are allowed";
        }

        foreach (char c in value)
        {
            if (char.IsControl(c) && c is not ('\n' or '\t'))
            {
                return $"{member}: has the control character U+{(int)c:X4}";
            }
        }

        return null;
    }

    public static string? Pem(string member, string value, int max) => value.Length is 0 || value.Length > max
        ? $"{member}: {value.Length} characters; 1 to {max} are allowed"
        : value.AsSpan().ContainsAnyExcept(PemCharacters) ? $"{member}: is no PEM" : null;

    public static string? Range(string member, long? value, long min = 0, long max = long.MaxValue) =>
        value is { } v && (v < min || v > max) ? $"{member}: {v} is not within {min} and {max}" : null;

    public static string? Range(string member, double? value, double min, double max) =>
        value is { } v && !(v >= min && v <= max) ? $"{member}: {v} is not within {min} and {max}" : null;

    public static string? Count<T>(string member, IReadOnlyCollection<T> items, int max, int min = 0) =>
        items.Count < min || items.Count > max ? $"{member}: {items.Count} items; {min} to {max} are allowed" : null;

    /// <summary>Lists of nullable references cannot say that their items are not null.</summary>
    public static string? Items<T>(string member, IReadOnlyList<T> items, int max, Func<T, string?> check, int min = 0)
    {
        if (Count(member, items, max, min) is { } count)
        {
            return count;
        }

        for (int i = 0; i < items.Count; i++)
        {
            if (items[i] is null)
            {
                return $"{member}[{i}]: is null";
            }

            if (check(items[i]) is { } problem)
            {
                return $"{member}[{i}].{problem}";
            }
        }

        return null;
    }

    public static string? Id(string member, string? value) =>
        value is null || FleetTopic.IsCommandId(value) ? null : $"{member}: is not 1 to {FleetTopic.MaxCommandId} of a-z 0-9 -";

    public static string? Hex256(string member, string? value) =>
        value is null || (value.Length == 64 && value.AsSpan().IndexOfAnyExcept(HexCharacters) < 0) ? null : $"{member}: is not 64 lower-case hexadecimal digits";

    public static string? Base64(string member, string value)
    {
        ReadOnlySpan<char> digits = value.AsSpan().TrimEnd('=');
        return value.Length - digits.Length <= 2 && digits.IndexOfAnyExcept(Base64Characters) < 0 ? null : $"{member}: is no base64";
    }

    public static string? Labels(IReadOnlyDictionary<string, string> labels)
    {
        if (labels.Count > 32)
        {
            return $"labels: {labels.Count} items; 0 to 32 are allowed";
        }

        foreach ((string key, string value) in labels)
        {
            if (Text("labels", key, 63, 1) is { } problem)
            {
                return problem;
            }

            if (value is null || value.Length > 63)
            {
                return $"labels.{key}: is null or longer than 63 characters";
            }
        }

        return null;
    }

    private static System.Buffers.SearchValues<char> HexCharacters { get; } = System.Buffers.SearchValues.Create("0123456789abcdef");

    private static System.Buffers.SearchValues<char> Base64Characters { get; } =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

    private static System.Buffers.SearchValues<char> PemCharacters { get; } =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=- \r\n");
}
