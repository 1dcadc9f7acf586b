using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Talos.Fleet.Hub.Identity;

/// <summary>The provider whose tokens the hub takes.</summary>
internal sealed record OidcOptions
{
    private const int LongestSession = 8 * 60;
    private static readonly string[] Dependents = ["oidc-ca", "oidc-client", "oidc-client-secret-file"];

    /// <summary>Its issuer: https, or http on the loopback.</summary>
    public required string Authority { get; init; }

    /// <summary>What the audience of a program's token has to be.</summary>
    public string Audience { get; init; } = "talos-hub";

    /// <summary>The claim with viewer, operator or admin.</summary>
    public string RoleClaim { get; init; } = "roles";

    /// <summary>Certificates that vouch for the provider's; empty: those of the system.</summary>
    public IReadOnlyList<X509Certificate2> Ca { get; init; } = [];

    /// <summary>The client as which people sign in at the page; null: the page takes certificates alone.</summary>
    public string? Client { get; init; }

    /// <summary>Of a confidential client; null for a public one.</summary>
    public string? ClientSecret { get; init; }

    /// <summary>What the page asks for.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = ["openid", "profile"];

    /// <summary>How long a sign-in counts, 8 h at most: a role that was taken away at the provider counts until then.</summary>
    public TimeSpan SessionLife { get; init; } = TimeSpan.FromMinutes(LongestSession);

    /// <summary>Reads <c>oidc-*</c>; null without <c>oidc-authority</c>.</summary>
    /// <exception cref="HubSetupException">A value makes no sense.</exception>
    public static OidcOptions? From(IConfiguration c)
    {
        if (c["oidc-authority"] is not { } authority)
        {
            return Dependents.FirstOrDefault(k => c[k] is not null) is { } lonely
                ? throw new HubSetupException($"--{lonely}: is of no use without --oidc-authority")
                : null;
        }

        OidcOptions d = new() { Authority = authority };
        return !Uri.TryCreate(authority, UriKind.Absolute, out Uri? url) || url.Query.Length + url.Fragment.Length > 0 || url.Scheme is not ("http" or "https")
            ? throw new HubSetupException($"--oidc-authority: {authority} is no https URL")
            : !IsSafe(url)
            ? throw new HubSetupException($"--oidc-authority: {authority} is http and not on the loopback: whoever is on the way could say which tokens are good; give its https URL, with --oidc-ca for a CA of your own")
            : c["oidc-client"] is null && c["oidc-client-secret-file"] is not null
            ? throw new HubSetupException("--oidc-client-secret-file: is of no use without --oidc-client")
            : d with
            {
                Audience = c["oidc-audience"] ?? d.Audience,
                RoleClaim = c["oidc-role-claim"] ?? d.RoleClaim,
                Ca = c["oidc-ca"] is { } file ? ReadCa(file) : [],
                Client = c["oidc-client"],
                ClientSecret = c["oidc-client-secret-file"] is { } secret ? ReadSecret(secret) : null,
                Scopes = c["oidc-scopes"]?.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries).Prepend("openid").Distinct().ToList() ?? d.Scopes,
                SessionLife = TimeSpan.FromMinutes(HubOptions.Number(c, "oidc-session-minutes", LongestSession, 1, LongestSession)),
            };
    }

    /// <summary>Whether nobody on the way can change what is read there.</summary>
    public static bool IsSafe(Uri url) => url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback);

    private static string ReadSecret(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim() is { Length: > 0 } secret ? secret : throw new HubSetupException($"--oidc-client-secret-file: {file} is empty");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HubSetupException($"--oidc-client-secret-file: {file}: {e.Message}");
        }
    }

    private static List<X509Certificate2> ReadCa(string file)
    {
        X509Certificate2Collection read = [];
        try
        {
            read.ImportFromPemFile(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new HubSetupException($"--oidc-ca: {file}: {e.Message}");
        }

        return read.Count > 0 ? [.. read] : throw new HubSetupException($"--oidc-ca: {file} has no certificate in PEM");
    }
}
