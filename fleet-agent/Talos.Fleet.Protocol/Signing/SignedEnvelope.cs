using System.Text.Json.Serialization;

namespace Talos.Fleet.Protocol;

/// <summary>An order with the hub's signature, so that whoever has the broker commands nobody.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SignedEnvelope
{
    /// <summary>The order: JSON in UTF-8, in base64.</summary>
    public required string Payload { get; init; }

    /// <summary>ECDSA P-256 with SHA-256 over the payload's bytes, in the DER form, in base64.</summary>
    public required string Signature { get; init; }

    /// <summary>The signing certificate in DER, in base64: issued by the fleet CA itself, with OU=hub.</summary>
    public required string Certificate { get; init; }
}
