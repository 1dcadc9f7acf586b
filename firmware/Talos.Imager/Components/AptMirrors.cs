namespace Talos.Imager.Components;

/// <summary>The Debian mirrors this machine uses.</summary>
/// <param name="Main">Base of the archive, with a trailing slash.</param>
/// <param name="Security">Base of the security archive; null when the machine has none configured.</param>
internal sealed record AptMirrors(string Main, string? Security)
{
    private const string DistsFolder = "/dists/";

    /// <summary>Chooses the mirrors.</summary>
    /// <param name="updateUris">What <c>apt-get update --print-uris</c> prints: a quoted URI first on each line.</param>
    /// <param name="overriding">Value of <c>TALOS_DEBIAN_MIRROR</c>: used alone, whatever the machine has.</param>
    /// <exception cref="ImagerException">Neither names a mirror.</exception>
    public static AptMirrors Choose(string updateUris, string? overriding)
    {
        if (!string.IsNullOrEmpty(overriding))
        {
            return new AptMirrors(overriding.TrimEnd('/') + "/", null);
        }

        List<(string Base, string Suite)> repositories = [.. updateUris.Split('\n').Select(Repository).OfType<(string, string)>().Distinct()];
        return new AptMirrors(
            repositories.FirstOrDefault(r => r.Base.EndsWith("/debian/", StringComparison.Ordinal)).Base
                ?? throw new ImagerException("this machine's apt names no Debian mirror: set TALOS_DEBIAN_MIRROR to the address of one"),
            repositories.FirstOrDefault(r => r.Suite.EndsWith("-security", StringComparison.Ordinal)
                && r.Base.Contains("debian-security", StringComparison.Ordinal)).Base);
    }

    private static (string Base, string Suite)? Repository(string line)
    {
        string uri = line.Split(' ')[0].Trim('\'');
        int dists = uri.IndexOf(DistsFolder, StringComparison.Ordinal);
        return dists < 0 || !uri.EndsWith("Release", StringComparison.Ordinal)
            ? null
            : (uri[..(dists + 1)], uri[(dists + DistsFolder.Length)..].Split('/')[0]);
    }
}
