using Talos.Pki;

namespace Talos.Config;

/// <summary>How a registry is entered.</summary>
public sealed record RegistryAccess
{
    /// <summary>User name; empty when not set.</summary>
    public string Username { get; init; } = "";

    /// <summary>Password; empty when not set.</summary>
    public Secret Password { get; init; } = new("");

    /// <summary>Base64 of <c>user:password</c>; empty when not set.</summary>
    public Secret Auth { get; init; } = new("");

    /// <summary>Identity token; empty when not set.</summary>
    public Secret IdentityToken { get; init; } = new("");

    /// <summary>Authorities of its certificate, PEM; empty when not set.</summary>
    public string CaPem { get; init; } = "";

    /// <summary>Client certificate; null when not set.</summary>
    public CertificateAndKey? ClientIdentity { get; init; }

    /// <summary>True: its certificate is not checked.</summary>
    public bool InsecureSkipVerify { get; init; }
}
