namespace Talos.Pki;

/// <summary>Object identifiers of algorithms, names and extensions. Sources: RFC 5280, RFC 5758, RFC 8410, RFC 8017.</summary>
internal static class Oids
{
    public const string EcPublicKey = "1.2.840.10045.2.1";
    public const string EcdsaWithSha256 = "1.2.840.10045.4.3.2";
    public const string Ed25519 = "1.3.101.112";
    public const string RsaEncryption = "1.2.840.113549.1.1.1";
    public const string Sha256WithRsa = "1.2.840.113549.1.1.11";
    public const string ExtensionRequest = "1.2.840.113549.1.9.14";
    public const string SubjectAlternativeName = "2.5.29.17";
    public const string ServerAuth = "1.3.6.1.5.5.7.3.1";
    public const string ClientAuth = "1.3.6.1.5.5.7.3.2";
    public const string CodeSigning = "1.3.6.1.5.5.7.3.3";
    public const string KeyUsage = "2.5.29.15";
    public const string BasicConstraints = "2.5.29.19";
    public const string ExtendedKeyUsage = "2.5.29.37";
}
