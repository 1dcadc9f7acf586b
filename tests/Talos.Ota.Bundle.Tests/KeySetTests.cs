using Talos.Pki;

namespace Talos.Ota.Bundle.Tests;

/// <summary>Anchors come and go, and certificates are revoked, by signed key sets.</summary>
public sealed class KeySetTests
{
    private static readonly TestKeys Old = TestKeys.Own;
    private static readonly TestKeys New = TestKeys.Foreign;

    [Fact]
    public async Task A_new_anchor_is_trusted_once_an_old_one_vouches_for_it()
    {
        byte[] keySet = Create(1, Old.Authority.CertificatePem + New.Authority.CertificatePem, Old.Signer);

        TrustStore trust = Old.Trust.With(keySet, TestKeys.Time);

        Assert.Equal(1, trust.Sequence);
        using BundleReader byNew = await Sample.OpenAsync(Sample.Write(New.Signer), trust);
        using BundleReader byOld = await Sample.OpenAsync(Sample.Bundle, trust);
    }

    [Fact]
    public async Task A_removed_anchor_is_trusted_no_more()
    {
        byte[] first = Create(1, Old.Authority.CertificatePem + New.Authority.CertificatePem, Old.Signer);
        byte[] second = Create(2, New.Authority.CertificatePem, New.Signer);

        TrustStore trust = Old.Trust.With(first, TestKeys.Time).With(second, TestKeys.Time);

        BundleException refused = await Assert.ThrowsAsync<BundleException>(() => Sample.OpenAsync(Sample.Bundle, trust));
        Assert.Equal(BundleProblem.ForeignKey, refused.Problem);
    }

    [Fact]
    public void A_set_signed_by_a_stranger_is_refused()
    {
        byte[] keySet = Create(1, New.Authority.CertificatePem, New.Signer);

        BundleException refused = Assert.Throws<BundleException>(() => Old.Trust.With(keySet, TestKeys.Time));

        Assert.Equal(BundleProblem.ForeignKey, refused.Problem);
    }

    [Fact]
    public void An_older_set_changes_nothing()
    {
        TrustStore trust = Old.Trust.With(Create(2, Old.Authority.CertificatePem, Old.Signer), TestKeys.Time);

        TrustStore after = trust.With(Create(1, New.Authority.CertificatePem, Old.Signer), TestKeys.Time);

        Assert.Same(trust, after);
    }

    [Theory]
    [InlineData("serial")]
    [InlineData("key")]
    [InlineData("authority")]
    public async Task A_revoked_certificate_signs_nothing_any_more(string by)
    {
        SigningCertificate signer = Old.Signer.Chain[0];
        TrustStore trust = Old.Trust.With(
            KeySet.Create(1, TestKeys.Now, Old.Authority.CertificatePem,
                by == "serial" ? [signer.Serial] : [],
                by == "key" ? [signer.KeyId] : by == "authority" ? [Old.Trust.Anchors[0].KeyId] : [],
                [Old.Signer]),
            TestKeys.Time);

        BundleException refused = await Assert.ThrowsAsync<BundleException>(() => Sample.OpenAsync(Sample.Bundle, trust));

        Assert.Equal(BundleProblem.Revoked, refused.Problem);
    }

    [Fact]
    public async Task A_bundle_brings_the_set_its_own_signer_needs()
    {
        byte[] keySet = Create(1, Old.Authority.CertificatePem + New.Authority.CertificatePem, Old.Signer);

        using BundleReader reader = await Sample.OpenAsync(Sample.Write(Sample.Manifest, keySet, New.Signer));

        Assert.Equal(1, reader.Trust?.Sequence);
        Assert.Equal(keySet, reader.KeySet.ToArray());
    }

    [Fact]
    public async Task A_set_that_was_put_into_a_bundle_later_is_refused()
    {
        byte[] keySet = Create(1, Old.Authority.CertificatePem, Old.Signer);
        byte[] other = Create(2, Old.Authority.CertificatePem, Old.Signer);
        byte[] bundle = Sample.Write(Sample.Manifest, keySet, Old.Signer);
        int at = bundle.AsSpan().IndexOf(keySet);
        other.CopyTo(bundle, at);

        BundleException refused = await Assert.ThrowsAsync<BundleException>(() => Sample.OpenAsync(bundle));

        Assert.Equal(BundleProblem.Corrupt, refused.Problem);
    }

    [Fact]
    public void Every_changed_byte_of_a_set_is_found()
    {
        byte[] keySet = Create(1, Old.Authority.CertificatePem, TestKeys.Fast.Signer);
        TrustStore trust = TestKeys.Fast.Trust;
        for (int at = 0; at < keySet.Length; at++)
        {
            byte[] changed = [.. keySet];
            changed[at] ^= 0x10;

            Assert.True(Refuses(trust, changed), $"byte {at}");
        }
    }

    private static bool Refuses(TrustStore trust, byte[] keySet)
    {
        try
        {
            trust.With(keySet, TestKeys.Time);
            return false;
        }
        catch (BundleException)
        {
            return true;
        }
    }

    private static byte[] Create(long sequence, string anchors, BundleSigner signer) =>
        KeySet.Create(sequence, TestKeys.Now, anchors, [], [], [signer]);
}
