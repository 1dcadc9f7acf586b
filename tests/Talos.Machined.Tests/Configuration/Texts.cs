using System.Text;
using Talos.Pki;

namespace Talos.Machined.Tests.Configuration;

/// <summary>Configs for tests.</summary>
internal static class Texts
{
    private static readonly CertificateAndKey Ca = CertificateAuthority.Create(AuthorityOptions.Os, TimeProvider.System).Pair;

    public static string Hostname(string hostname) => $"version: v1alpha1\nmachine:\n  network:\n    hostname: {hostname}\n";

    public static string Complete(string hostname, string more = "") => $"""
        version: v1alpha1
        machine:
          type: controlplane
          ca:
            crt: {Base64(Ca.CertificatePem)}
            key: {Base64(Ca.KeyPem.Reveal())}
          network:
            hostname: {hostname}
        {more}
        """;

    public static byte[] Bytes(string yaml) => Encoding.UTF8.GetBytes(yaml);

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
