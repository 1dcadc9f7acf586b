namespace Talos.Kernel.Rules;

/// <summary>Which file a dotted parameter id means.</summary>
internal static class ParamPath
{
    /// <summary>Id prefix of <c>/proc/sys</c>.</summary>
    public const string SysctlPrefix = "proc.sys.";

    /// <summary>Id prefix of <c>/sys</c>.</summary>
    public const string SysfsPrefix = "sys.";

    /// <summary>
    /// The file of an id. After the prefix, of <c>.</c> and <c>/</c> the one that comes first separates, so that
    /// <c>net/ipv4/conf/eth0.5/forwarding</c> can be named.
    /// </summary>
    /// <exception cref="ArgumentException">Not below <c>/proc/sys</c> or <c>/sys</c>, or a part is empty or leads upwards.</exception>
    public static string FileOf(string id)
    {
        (string root, string rest) = id switch
        {
            _ when id.StartsWith(SysctlPrefix, StringComparison.Ordinal) => ("/proc/sys/", id[SysctlPrefix.Length..]),
            _ when id.StartsWith(SysfsPrefix, StringComparison.Ordinal) => ("/sys/", id[SysfsPrefix.Length..]),
            _ => throw new ArgumentException($"not a kernel parameter: {id}", nameof(id)),
        };

        int first = rest.AsSpan().IndexOfAny('.', '/');
        string path = first >= 0 && rest[first] == '.'
            ? string.Concat(rest.Select(c => c switch { '.' => '/', '/' => '.', _ => c }))
            : rest;
        return path.Split('/').Any(part => part is "" or "." or "..")
            ? throw new ArgumentException($"not a kernel parameter: {id}", nameof(id))
            : root + path;
    }
}
