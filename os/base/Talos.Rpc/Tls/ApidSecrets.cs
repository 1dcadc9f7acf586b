using Talos.Rpc.Authorization;

namespace Talos.Rpc.Tls;

/// <summary>What apid is told by the node: one file, replaced as a whole, so that a certificate never meets another's key.</summary>
public sealed record ApidSecrets
{
    /// <summary>Where the file lies on a node.</summary>
    public const string DefaultPath = "/system/secrets/apid/secrets.json";

    /// <summary>Who is let in.</summary>
    public required Admission Admission { get; init; }

    /// <summary>CAs whose clients are let in, PEM; empty in maintenance.</summary>
    public required string Authorities { get; init; }

    /// <summary>The server's certificate and the CAs between, leaf first, PEM.</summary>
    public required string Certificate { get; init; }

    /// <summary>The server's key, PEM.</summary>
    public required string Key { get; init; }

    /// <summary>The certificate for calls to other nodes, PEM; empty on a node that may not forward.</summary>
    public required string ClientCertificate { get; init; }

    /// <summary>The key for calls to other nodes, PEM; empty on a node that may not forward.</summary>
    public required string ClientKey { get; init; }

    /// <summary>Addresses and host names of this node.</summary>
    public required IReadOnlyList<string> LocalNames { get; init; }

    /// <inheritdoc/>
    public override string ToString() => "(redacted)";
}
