using System.Security.Cryptography.X509Certificates;
using CsCheck;

namespace Talos.Pki.Tests;

public sealed class CertificateSigningRequestTests
{
    private static readonly FixedClock Clock = new(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(KeyAlgorithm.EcdsaP256)]
    [InlineData(KeyAlgorithm.Ed25519)]
    public void A_request_is_read_as_it_was_made(KeyAlgorithm algorithm)
    {
        string pem = CertificateSigningRequest.Create(
            PrivateKey.Generate(algorithm), ["os:admin"], "edge-01", SubjectNames.Parse(["edge-01", "10.5.0.2"]));

        var request = CertificateSigningRequest.Parse(pem);

        Assert.Equal(["os:admin"], request.Organizations);
        Assert.Equal("edge-01", request.CommonName);
        Assert.Equal(["edge-01"], request.Names.DnsNames);
        Assert.Equal("10.5.0.2", Assert.Single(request.Names.Addresses).ToString());
    }

    [Fact]
    public void A_request_of_the_framework_is_read()
    {
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        CertificateRequest made = new("O=os:reader", key, System.Security.Cryptography.HashAlgorithmName.SHA256);

        var request = CertificateSigningRequest.Parse(made.CreateSigningRequestPem());

        Assert.Equal(["os:reader"], request.Organizations);
        Assert.True(request.Names.IsEmpty);
    }

    [Fact]
    public void A_server_certificate_for_a_request_carries_no_role()
    {
        var authority = CertificateAuthority.Create(AuthorityOptions.Os with { Algorithm = KeyAlgorithm.Ed25519 }, Clock);
        var request = CertificateSigningRequest.Parse(CertificateSigningRequest.Create(
            PrivateKey.Generate(KeyAlgorithm.EcdsaP256), ["os:admin"], null, SubjectNames.Parse(["10.5.0.3"])));

        using X509Certificate2 certificate = Certificates.Read(authority.SignServer(request, CertificateAuthority.NodeLifetime));

        Assert.Empty(Certificates.Roles(certificate));
        Assert.True(CertificateAuthorityTests.Chain(authority, certificate));
    }

    [Fact]
    public void A_request_signed_by_another_key_is_refused()
    {
        string pem = CertificateSigningRequest.Create(PrivateKey.Generate(KeyAlgorithm.Ed25519), ["os:admin"], null, SubjectNames.None);
        byte[] der = Convert.FromBase64String(string.Concat(pem.Split('\n')[1..^2]));
        der[^1] ^= 1;
        string broken = $"-----BEGIN CERTIFICATE REQUEST-----\n{Convert.ToBase64String(der)}\n-----END CERTIFICATE REQUEST-----\n";

        Assert.Throws<PkiException>(() => CertificateSigningRequest.Parse(broken));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n")]
    [InlineData("-----BEGIN CERTIFICATE REQUEST-----\nMAMCAQA=\n-----END CERTIFICATE REQUEST-----\n")]
    public void A_broken_request_is_refused(string pem) => Assert.Throws<PkiException>(() => CertificateSigningRequest.Parse(pem));

    [Fact]
    public void Whatever_is_changed_in_a_request_or_key_it_is_read_or_refused()
    {
        var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        string request = CertificateSigningRequest.Create(key, ["os:admin"], "x", SubjectNames.Parse(["10.5.0.2"]));
        CertificateAndKey authority = CertificateAuthority.Create(AuthorityOptions.Os, Clock).Pair;
        foreach (string pem in new[] { request, authority.CertificatePem, key.ToPem().Reveal(), PrivateKey.Generate(KeyAlgorithm.Ed25519).ToPem().Reveal() })
        {
            Gen.Select(Gen.Int[0, pem.Length - 1], Gen.Char['A', 'z']).Array[1, 4].Sample(
                changes =>
                {
                    char[] text = pem.ToCharArray();
                    foreach ((int at, char letter) in changes)
                    {
                        text[at] = letter;
                    }

                    Refused(() => CertificateSigningRequest.Parse(new string(text)));
                    Refused(() => PrivateKey.FromPem(new string(text)));
                    Refused(() => CertificateAuthority.Load(authority with { CertificatePem = new string(text) }, Clock)
                        .IssueClient([Role.Admin], TimeSpan.FromHours(1)));
                },
                iter: 150);
        }
    }

    private static void Refused(Action read)
    {
        try
        {
            read();
        }
        catch (PkiException)
        {
            // That is how it should be.
        }
    }
}
