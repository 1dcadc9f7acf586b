using System.Collections.ObjectModel;

namespace Talos.Fleet.Protocol;

/// <summary><c>POST /api/v1/enroll</c>: a node asks for its identity.</summary>
public sealed record EnrollRequest
{
    /// <summary>The token of the FleetConfig document; up to 256 characters.</summary>
    public required string Token { get; init; }

    /// <summary>Signing request in PEM, up to 8192 characters; its CommonName is the node id that is asked for.</summary>
    public required string Csr { get; init; }

    /// <summary>Board; up to 64 characters.</summary>
    public string? Board { get; init; }

    /// <summary>Host name; up to 253 characters.</summary>
    public string? Hostname { get; init; }

    /// <summary>Version of the running system; up to 128 characters.</summary>
    public string? Version { get; init; }

    /// <summary>Labels of the FleetConfig document; up to 32, each key and value up to 63 characters.</summary>
    public IReadOnlyDictionary<string, string> Labels { get => field ?? ReadOnlyDictionary<string, string>.Empty; init; }
}

/// <summary><c>POST /api/v1/renew</c> with the present certificate: a node asks for the next one.</summary>
public sealed record RenewRequest
{
    /// <summary>Signing request in PEM, up to 8192 characters; its CommonName is the node's id.</summary>
    public required string Csr { get; init; }
}

/// <summary>Answer to both: the identity.</summary>
public sealed record EnrollResponse
{
    /// <summary>The node id, which is the certificate's CommonName.</summary>
    public required string Node { get; init; }

    /// <summary>The certificate and what is between it and the CA, in PEM; up to 32768 characters.</summary>
    public required string Certificate { get; init; }

    /// <summary>Certificates of the fleet CA in PEM, up to 32768 characters: who signs brokers and orders.</summary>
    public required string Ca { get; init; }

    /// <summary>Brokers, such as <c>mqtts://hub.example:8883</c>; 1 to 8 of up to 256 characters.</summary>
    public required IReadOnlyList<string> Brokers { get; init; }

    /// <summary>The hub's time, for nodes without a clock.</summary>
    public required DateTimeOffset Time { get; init; }
}

/// <summary>What the hub's HTTP answers carry when they are no success.</summary>
public sealed record HubError
{
    /// <summary>What was tried, on what, and what to do next.</summary>
    public required string Error { get; init; }
}
