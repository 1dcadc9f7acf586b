namespace Talos.Pki.Tests;

/// <summary>Certificates of code signers, decoded without the platform and compared with it.</summary>
public sealed class SigningCertificateTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(KeyAlgorithm.EcdsaP256)]
    [InlineData(KeyAlgorithm.Ed25519)]
    public void A_code_signer_leads_to_its_authority(KeyAlgorithm algorithm)
    {
        var authority = CertificateAuthority.Create(AuthorityOptions.Updates with { Algorithm = algorithm }, new FixedClock(Now));
        SigningCertificate anchor = SigningCertificate.DecodePem(authority.CertificatePem)[0];
        CertificateAndKey pair = authority.IssueCodeSigner("release", KeyAlgorithm.EcdsaP256, TimeSpan.FromDays(1));
        SigningCertificate signer = SigningCertificate.DecodePem(pair.CertificatePem)[0];
        byte[] data = [1, 2, 3];
        byte[] signature = PrivateKey.FromPem(pair.KeyPem.Reveal()).Sign(data);

        Assert.True(signer.IsCodeSigner);
        Assert.False(signer.IsAuthority);
        Assert.True(anchor.IsAuthority);
        Assert.True(signer.IsIssuedBy(anchor));
        Assert.False(anchor.IsIssuedBy(signer));
        Assert.True(signer.Verify(data, signature));
        Assert.False(signer.Verify([1, 2, 4], signature));
        Assert.Equal(Now.AddDays(1), signer.NotAfter);
    }

    [Fact]
    public void What_is_decoded_is_what_the_platform_decodes()
    {
        var authority = CertificateAuthority.Create(AuthorityOptions.Updates, new FixedClock(Now));
        string pem = authority.IssueCodeSigner("release", KeyAlgorithm.EcdsaP256, TimeSpan.FromDays(365 * 40)).CertificatePem;
        using var platform = Certificates.Read(pem);

        SigningCertificate own = SigningCertificate.DecodePem(pem)[0];

        Assert.Equal(platform.SerialNumber.TrimStart('0'), own.Serial, ignoreCase: true);
        Assert.Equal(platform.NotBefore.ToUniversalTime(), own.NotBefore.UtcDateTime);
        Assert.Equal(platform.NotAfter.ToUniversalTime(), own.NotAfter.UtcDateTime);
        Assert.Equal(platform.Subject, own.Subject);
    }

    [Fact]
    public void A_client_certificate_signs_no_code()
    {
        var authority = CertificateAuthority.Create(AuthorityOptions.Os, new FixedClock(Now));

        Assert.False(SigningCertificate.DecodePem(authority.IssueClient([Role.Admin], TimeSpan.FromDays(1)).CertificatePem)[0].IsCodeSigner);
    }

    [Fact]
    public void Every_changed_byte_breaks_a_certificate_or_its_signature()
    {
        var authority = CertificateAuthority.Create(AuthorityOptions.Updates, new FixedClock(Now));
        SigningCertificate anchor = SigningCertificate.DecodePem(authority.CertificatePem)[0];
        byte[] der = SigningCertificate.DecodePem(authority.IssueCodeSigner("release", KeyAlgorithm.EcdsaP256, TimeSpan.FromDays(1)).CertificatePem)[0].Der.ToArray();

        for (int at = 0; at < der.Length; at++)
        {
            byte[] changed = [.. der];
            changed[at] ^= 1;
            Assert.False(IsGood(changed, anchor), $"byte {at}");
        }
    }

    private static bool IsGood(byte[] der, SigningCertificate anchor)
    {
        try
        {
            return SigningCertificate.Decode(der).IsIssuedBy(anchor);
        }
        catch (PkiException)
        {
            return false;
        }
    }
}
