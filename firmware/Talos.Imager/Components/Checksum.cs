using System.Security.Cryptography;

namespace Talos.Imager.Components;

/// <summary>A checksum of the lock: SHA-256 or SHA-512, which its length tells.</summary>
/// <param name="Algorithm">Which of the two.</param>
/// <param name="Hex">Lowercase hex.</param>
internal sealed record Checksum(HashAlgorithmName Algorithm, string Hex)
{
    private const int Sha256Length = 2 * SHA256.HashSizeInBytes;
    private const int Sha512Length = 2 * SHA512.HashSizeInBytes;
    private const int KeyLength = 16;

    /// <summary>Enough of it to tell entries of the cache apart.</summary>
    public string Key => Hex[..KeyLength];

    /// <summary>Reads 64 or 128 lowercase hex digits; null when it is neither.</summary>
    public static Checksum? TryParse(string text) => text.All(char.IsAsciiHexDigitLower)
        ? text.Length switch
        {
            Sha256Length => new Checksum(HashAlgorithmName.SHA256, text),
            Sha512Length => new Checksum(HashAlgorithmName.SHA512, text),
            _ => null,
        }
        : null;

    /// <inheritdoc/>
    public override string ToString() => $"SHA-{(Algorithm == HashAlgorithmName.SHA256 ? "256" : "512")} {Hex}";
}
