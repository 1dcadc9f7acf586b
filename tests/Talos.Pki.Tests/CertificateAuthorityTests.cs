using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Talos.Pki.Tests;

public sealed class CertificateAuthorityTests
{
    private static readonly FixedClock Clock = new(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(KeyAlgorithm.EcdsaP256)]
    [InlineData(KeyAlgorithm.Ed25519)]
    public void A_client_certificate_chains_to_its_authority(KeyAlgorithm algorithm)
    {
        var authority = CertificateAuthority.Create(AuthorityOptions.Os with { Algorithm = algorithm }, Clock);

        CertificateAndKey admin = authority.IssueClient([Role.Admin], CertificateAuthority.AdminLifetime);

        using X509Certificate2 certificate = admin.ToX509Certificate();
        Assert.True(Chain(authority, certificate), "the chain does not build");
        Assert.Equal([Role.Admin], Certificates.Roles(certificate));
        Assert.Equal(Clock.GetUtcNow().AddHours(8760).UtcDateTime, certificate.NotAfter.ToUniversalTime());
        Assert.Equal(Clock.GetUtcNow().AddHours(-1).UtcDateTime, certificate.NotBefore.ToUniversalTime());
    }

    [Fact]
    public void The_extended_key_usage_of_a_client_is_exactly_client_authentication()
    {
        var authority = CertificateAuthority.Create(AuthorityOptions.Os, Clock);

        using X509Certificate2 certificate = authority.IssueClient([Role.Reader], TimeSpan.FromHours(1)).ToX509Certificate();

        var usage = Assert.Single(certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>());
        Assert.Equal("1.3.6.1.5.5.7.3.2", Assert.Single(usage.EnhancedKeyUsages.Cast<System.Security.Cryptography.Oid>()).Value);
    }

    [Fact]
    public void A_server_certificate_has_its_names_and_addresses()
    {
        var authority = CertificateAuthority.Create(AuthorityOptions.Os, Clock);
        SubjectNames names = SubjectNames.Parse(["edge-01", "10.5.0.2", "fd00::2", "edge-01", ""]);

        using X509Certificate2 certificate =
            authority.IssueServer(names, "edge-01", CertificateAuthority.NodeLifetime).ToX509Certificate();

        var extension = Assert.Single(certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>());
        Assert.Equal(["edge-01"], extension.EnumerateDnsNames());
        Assert.Equal([IPAddress.Parse("10.5.0.2"), IPAddress.Parse("fd00::2")], extension.EnumerateIPAddresses());
        Assert.Empty(Certificates.Organizations(certificate));
    }

    [Fact]
    public void An_authority_is_loaded_from_its_own_pem_and_signs_again()
    {
        foreach (KeyAlgorithm algorithm in new[] { KeyAlgorithm.EcdsaP256, KeyAlgorithm.Ed25519 })
        {
            var made = CertificateAuthority.Create(AuthorityOptions.Os with { Algorithm = algorithm }, Clock);

            var loaded = CertificateAuthority.Load(made.Pair, Clock);

            using X509Certificate2 certificate = loaded.IssueClient([Role.Admin], TimeSpan.FromHours(1)).ToX509Certificate();
            Assert.True(Chain(made, certificate), $"{algorithm}: the chain does not build");
            Assert.Equal(made.CertificatePem, loaded.CertificatePem);
        }
    }

    [Fact]
    public void A_certificate_does_not_outlive_its_authority()
    {
        var authority = CertificateAuthority.Create(AuthorityOptions.Os with { Lifetime = TimeSpan.FromHours(2) }, Clock);

        using X509Certificate2 certificate = authority.IssueClient([Role.Admin], TimeSpan.FromHours(8760)).ToX509Certificate();

        Assert.Equal(Clock.GetUtcNow().AddHours(2).UtcDateTime, certificate.NotAfter.ToUniversalTime());
    }

    [Fact]
    public void A_key_of_another_authority_is_refused()
    {
        var one = CertificateAuthority.Create(AuthorityOptions.Os, Clock);
        var other = CertificateAuthority.Create(AuthorityOptions.Os, Clock);

        var error = Assert.Throws<PkiException>(
            () => CertificateAuthority.Load(new CertificateAndKey(one.CertificatePem, other.Pair.KeyPem), Clock));

        Assert.Contains("does not belong", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_leaf_is_no_authority()
    {
        var authority = CertificateAuthority.Create(AuthorityOptions.Os, Clock);
        CertificateAndKey leaf = authority.IssueClient([Role.Admin], TimeSpan.FromHours(1));

        Assert.Throws<PkiException>(() => CertificateAuthority.Load(leaf, Clock));
    }

    internal static bool Chain(CertificateAuthority authority, X509Certificate2 certificate)
    {
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(Certificates.Read(authority.CertificatePem));
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = Clock.GetUtcNow().UtcDateTime;
        return chain.Build(certificate);
    }
}
