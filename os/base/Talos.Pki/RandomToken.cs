using System.Security.Cryptography;

namespace Talos.Pki;

/// <summary>Random identifiers and tokens.</summary>
public static class RandomToken
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
    private const int IdLength = 6;
    private const int SecretLength = 16;

    /// <summary>A token in two parts, such as <c>abcdef.0123456789abcdef</c>: the form Kubernetes asks of bootstrap tokens.</summary>
    public static Secret TwoParts() => new(
        $"{RandomNumberGenerator.GetString(Alphabet, IdLength)}.{RandomNumberGenerator.GetString(Alphabet, SecretLength)}");

    /// <summary>Base64 of <paramref name="count"/> random bytes.</summary>
    public static Secret Base64(int count) => new(Convert.ToBase64String(RandomNumberGenerator.GetBytes(count)));

    /// <summary>Base64 with the URL-safe alphabet, padded, of <paramref name="count"/> random bytes.</summary>
    public static string Base64Url(int count) =>
        Convert.ToBase64String(RandomNumberGenerator.GetBytes(count)).Replace('+', '-').Replace('/', '_');
}
