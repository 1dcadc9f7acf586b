using System.Text;
using Talos.Pki;
using Talosctl.Cli;
using YamlDotNet.RepresentationModel;

namespace Talosctl.Configuration;

/// <summary>One cluster in a client configuration: where it is, and who we are there.</summary>
internal sealed record TalosconfigContext
{
    public IReadOnlyList<string> Endpoints { get; init; } = [];

    public IReadOnlyList<string> Nodes { get; init; } = [];

    /// <summary>Authority of the nodes, PEM in base64; null without one.</summary>
    public string? Ca { get; init; }

    /// <summary>Client certificate, PEM in base64; null without one.</summary>
    public string? Crt { get; init; }

    /// <summary>Its key, PEM in base64; null without one.</summary>
    public string? Key { get; init; }

    public string? Cluster { get; init; }

    public string? ProxyUrl { get; init; }

    /// <summary>Fields this program does not use; they are written back as they were.</summary>
    public IReadOnlyList<KeyValuePair<string, YamlNode>> Others { get; init; } = [];

    /// <summary>The client certificate with its key.</summary>
    /// <exception cref="TalosctlException">Missing or unreadable.</exception>
    public CertificateAndKey ClientPair() => Crt is null || Key is null
        ? throw new TalosctlException("the context holds no client certificate and key")
        : new CertificateAndKey(Pem(Crt, "crt"), new Secret(Pem(Key, "key")));

    /// <summary>The authority as PEM; null without one.</summary>
    public string? AuthorityPem() => Ca is null ? null : Pem(Ca, "ca");

    private static string Pem(string base64, string field)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(base64));
        }
        catch (FormatException)
        {
            throw new TalosctlException($"field {field} of the context is not base64");
        }
    }
}
