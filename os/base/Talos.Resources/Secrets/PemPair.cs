namespace Talos.Resources.Secrets;

/// <summary>A certificate and its key, both PEM; prints nothing.</summary>
/// <param name="Crt">The certificate; empty for none.</param>
/// <param name="Key">The key; empty where it is not known.</param>
public sealed record PemPair(string Crt, string Key)
{
    /// <summary>Neither certificate nor key.</summary>
    public static PemPair None { get; } = new("", "");

    /// <inheritdoc/>
    public override string ToString() => "(redacted)";
}
