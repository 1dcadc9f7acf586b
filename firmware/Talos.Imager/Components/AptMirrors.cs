namespace Talos.Imager.Components;

/// <summary>The Debian mirrors this machine uses.</summary>
/// <param name="Main">Base of the archive, with a trailing slash.</param>
/// <param name="Security">Base of the security archive; null when the machine has none configured.</param>
internal sealed record AptMirrors(string Main, string? Security)
{
    /// <summary>Names a mirror, which is used instead of the machine's.</summary>
    public const string MainVariable = "TALOS_DEBIAN_MIRROR";

    /// <summary>Names the security archive beside it.</summary>
    public const string SecurityVariable = "TALOS_DEBIAN_SECURITY_MIRROR";

    private const string DistsFolder = "/dists/";

    private static readonly string[] Suites = ["bookworm", "trixie", "forky", "duke", "oldstable", "stable", "testing", "unstable", "sid"];

    /// <summary>Chooses the mirrors.</summary>
    /// <param name="updateUris">What <c>apt-get update --print-uris</c> prints: a quoted URI first on each line.</param>
    /// <param name="overriding">Value of <see cref="MainVariable"/>: the machine's mirrors are not used then.</param>
    /// <param name="overridingSecurity">Value of <see cref="SecurityVariable"/>.</param>
    /// <exception cref="ImagerException">Neither names a mirror.</exception>
    public static AptMirrors Choose(string updateUris, string? overriding, string? overridingSecurity = null)
    {
        string? security = string.IsNullOrEmpty(overridingSecurity) ? null : Folder(overridingSecurity);
        if (!string.IsNullOrEmpty(overriding))
        {
            return new AptMirrors(Folder(overriding), security);
        }

        List<(string Base, string Suite)> repositories = [.. updateUris.Split('\n').Select(Repository).OfType<(string, string)>().Distinct()];
        // Others call their folder so too: Debian's own archive has updates of its suites beside them.
        List<string> mains =
        [
            .. repositories.Where(r => Suites.Contains(r.Suite) && repositories.Contains((r.Base, r.Suite + "-updates"))).Select(r => r.Base),
            .. repositories.Select(r => r.Base).Where(b => b.EndsWith("/debian/", StringComparison.Ordinal)),
        ];
        return new AptMirrors(
            mains.Count > 0 ? mains[0] : throw new ImagerException($"this machine's apt names no Debian mirror: set {MainVariable} to the address of one"),
            security ?? repositories.FirstOrDefault(r => r.Suite.EndsWith("-security", StringComparison.Ordinal)
                && r.Base.Contains("security", StringComparison.Ordinal)).Base);
    }

    /// <summary>The archives as they were at a time, on a service that keeps them: <c>debian/TIME/</c> and <c>debian-security/TIME/</c> below its base.</summary>
    /// <param name="service">Base of the service.</param>
    /// <param name="time">Such as <c>20261130T170000Z</c>.</param>
    public static AptMirrors Snapshot(string service, string time) => new($"{Folder(service)}debian/{time}/", $"{Folder(service)}debian-security/{time}/");

    private static string Folder(string address) => address.TrimEnd('/') + "/";

    private static (string Base, string Suite)? Repository(string line)
    {
        string uri = line.Split(' ')[0].Trim('\'');
        int dists = uri.IndexOf(DistsFolder, StringComparison.Ordinal);
        return dists < 0 || !uri.EndsWith("Release", StringComparison.Ordinal)
            ? null
            : (uri[..(dists + 1)], uri[(dists + DistsFolder.Length)..].Split('/')[0]);
    }
}
