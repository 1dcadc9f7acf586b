namespace Talos.Rpc.Tls;

/// <summary>What trustd is told by the node.</summary>
public sealed record TrustdSecrets
{
    /// <summary>Where the file lies on a node.</summary>
    public const string DefaultPath = "/system/secrets/trustd/secrets.json";

    /// <summary>The server's certificate, leaf first, PEM.</summary>
    public required string Certificate { get; init; }

    /// <summary>The server's key, PEM.</summary>
    public required string Key { get; init; }

    /// <summary>The CA that issues, PEM.</summary>
    public required string IssuerCertificate { get; init; }

    /// <summary>The issuing CA's key, PEM.</summary>
    public required string IssuerKey { get; init; }

    /// <summary>All accepted CAs, the issuer among them, PEM; given to who gets a certificate.</summary>
    public required string Authorities { get; init; }

    /// <summary>What a caller must know.</summary>
    public required string Token { get; init; }

    /// <summary>Names and addresses of the control plane, which no other node gets a certificate for.</summary>
    public IReadOnlyList<string> Reserved { get; init; } = [];

    /// <summary>Host of the control plane's endpoint; the addresses it resolves to are reserved too. Empty for none.</summary>
    public string Endpoint { get; init; } = "";

    /// <inheritdoc/>
    public override string ToString() => "(redacted)";
}
