using Talos.Pki;

namespace Talos.Ota.Bundle.Tests;

/// <summary>What is wrong with a bundle is said by its own error, before a byte of data is read.</summary>
public sealed class RefusalTests
{
    [Fact]
    public async Task A_foreign_key_is_refused() =>
        Assert.Contains("none of the 1 trust anchors", (await RefusedAsync(BundleProblem.ForeignKey, Sample.Bundle, TestKeys.Foreign.Trust)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_certificate_that_may_not_sign_code_is_refused()
    {
        CertificateAndKey client = TestKeys.Own.Authority.IssueClient([Role.Admin], TimeSpan.FromDays(1));

        Assert.Throws<PkiException>(() => new BundleSigner(client.CertificatePem, PrivateKey.FromPem(client.KeyPem.Reveal())));

        byte[] bundle = ReplaceSignatures(Sample.Bundle, message =>
            [new ChainSignature(SigningCertificate.DecodePem(client.CertificatePem), PrivateKey.FromPem(client.KeyPem.Reveal()).Sign(message))]);
        Assert.Contains("not for signing code", (await RefusedAsync(BundleProblem.ForeignKey, bundle)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expired_signer_is_refused_also_by_a_board_without_a_clock()
    {
        byte[] bundle = Sample.Write(TestKeys.Own.NewSigner(TimeSpan.FromDays(10)));
        DateTimeOffset later = TestKeys.Now.AddDays(11);

        await RefusedAsync(BundleProblem.Expired, bundle, time: VerificationTime.Now(later));
        await RefusedAsync(BundleProblem.Expired, bundle, time: VerificationTime.NotBefore(TestKeys.Now, later));
    }

    [Fact]
    public async Task A_signer_of_the_future_is_refused_only_when_the_clock_is_right()
    {
        DateTimeOffset before = TestKeys.Now.AddYears(-1);

        await RefusedAsync(BundleProblem.NotYetValid, Sample.Bundle, time: VerificationTime.Now(before));
        using BundleReader reader = await Sample.OpenAsync(Sample.Bundle, time: VerificationTime.NotBefore(before));
    }

    [Fact]
    public async Task A_changed_manifest_is_refused_by_its_signature()
    {
        byte[] bundle = [.. Sample.Bundle];
        bundle[BundleHeaderSize + 20] ^= 1;

        await RefusedAsync(BundleProblem.BadSignature, bundle);
    }

    [Fact]
    public async Task Something_else_is_no_bundle()
    {
        await RefusedAsync(BundleProblem.NotABundle, new byte[100_000]);
        await RefusedAsync(BundleProblem.Truncated, []);
    }

    [Fact]
    public async Task A_later_format_is_refused_by_its_number()
    {
        byte[] bundle = [.. Sample.Bundle];
        bundle[8] = 2;

        Assert.Contains("format version 2", (await RefusedAsync(BundleProblem.UnsupportedFormat, bundle)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_byte_too_many_is_refused() =>
        await RefusedAsync(BundleProblem.Malformed, [.. Sample.Bundle, 0]);

    [Theory]
    [InlineData("wrong board", BundleProblem.WrongBoard, "it is for board-a, board-b (arm64), this board is board-c (arm64)")]
    [InlineData("wrong architecture", BundleProblem.WrongBoard, "this board is board-b (amd64)")]
    [InlineData("too old", BundleProblem.RunningVersionTooOld, "needs v1.0.0 or newer to come from, v0.9.0 runs")]
    [InlineData("floor", BundleProblem.BelowFloor, "version v1.2.0 is below v1.3.0")]
    [InlineData("expired", BundleProblem.Expired, "was to be installed until")]
    [InlineData("failed", BundleProblem.FailedBefore, "failed: kubelet was not ready in 10 min")]
    public void A_node_refuses(string what, BundleProblem problem, string message)
    {
        NodeFacts node = what switch
        {
            "wrong board" => Sample.Node with { Board = "board-c" },
            "wrong architecture" => Sample.Node with { Architecture = "amd64" },
            "too old" => Sample.Node with { RunningVersion = SemanticVersion.Parse("v0.9.0") },
            "floor" => Sample.Node with { Floor = SemanticVersion.Parse("v1.3.0") },
            "expired" => Sample.Node with { Time = VerificationTime.NotBefore(TestKeys.Now.AddDays(91)) },
            _ => Sample.Node with { FailedBuilds = [new FailedBuild(Sample.Manifest.Version, Sample.Manifest.Build, "kubelet was not ready in 10 min")] },
        };

        BundleException refused = Assert.Throws<BundleException>(() => BundlePolicy.Check(Sample.Manifest, node));

        Assert.Equal(problem, refused.Problem);
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_takes_what_fits_also_what_failed_when_a_person_asks()
    {

        FailedBuild[] failed = [new(Sample.Manifest.Version, Sample.Manifest.Build, "panic")];

        BundlePolicy.Check(Sample.Manifest, Sample.Node with { Floor = Sample.Manifest.Version });
        BundlePolicy.Check(Sample.Manifest, Sample.Node with { FailedBuilds = failed, AllowFailed = true });
        BundlePolicy.Check(Sample.Manifest with { Build = "another" }, Sample.Node with { FailedBuilds = failed });
    }

    private const int BundleHeaderSize = 32;

    private static byte[] ReplaceSignatures(byte[] bundle, Func<byte[], IEnumerable<ChainSignature>> sign)
    {
        var front = Format.BundleFront.ReadAsync(new StreamBundleSource(new MemoryStream(bundle)), CancellationToken.None).GetAwaiter().GetResult();
        using MemoryStream output = new();
        BundleWriter.WriteFrontAsync(output, front.Manifest, front.KeySet, sign, CancellationToken.None).GetAwaiter().GetResult();
        output.Write(bundle.AsSpan(front.Header.IndexOffset));
        return output.ToArray();
    }

    private static async Task<BundleException> RefusedAsync(BundleProblem problem, byte[] bundle, TrustStore? trust = null, VerificationTime? time = null)
    {
        BundleException refused = await Assert.ThrowsAsync<BundleException>(() => Sample.OpenAsync(bundle, trust, time));
        Assert.Equal(problem, refused.Problem);
        return refused;
    }
}
