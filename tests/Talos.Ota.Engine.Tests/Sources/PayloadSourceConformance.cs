using Talos.Ota.Bundle;
using Talos.Ota.Engine.Sources;
using Talos.Pki;

namespace Talos.Ota.Engine.Tests.Sources;

/// <summary>What every source of bundles does.</summary>
public abstract class PayloadSourceConformance
{
    private static readonly Lazy<(byte[] Bundle, string Anchor)> Made = new(Make);

    /// <summary>The bundle and its anchor, for other tests of sources.</summary>
    internal static (byte[] Bundle, string Anchor) Sample => Made.Value;

    /// <summary>A bundle of a bit more than 1 MiB.</summary>
    protected static byte[] Bundle => Made.Value.Bundle;

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_bytes_come_front_to_back()
    {
        await using IPayloadSource source = await OpenAsync();

        byte[] read = await ReadAsync(source, 0, Bundle.Length + 10);

        Assert.Equal(Bundle, read);
        Assert.Equal(Bundle.Length, source.FetchedBytes);
    }

    [Fact]
    public async Task The_length_is_right_where_it_is_known()
    {
        await using IPayloadSource source = await OpenAsync();

        Assert.Equal(Bundle.Length, source.Length ?? Bundle.Length);
    }

    [Fact]
    public async Task Bytes_between_are_skipped()
    {
        await using IPayloadSource source = await OpenAsync();

        byte[] first = await ReadAsync(source, 0, 100);
        byte[] later = await ReadAsync(source, 900_000, 1000);

        Assert.Equal(Bundle[..100], first);
        Assert.Equal(Bundle[900_000..901_000], later);
    }

    [Fact]
    public async Task Random_access_works_unless_it_is_denied()
    {
        await using IPayloadSource source = await OpenAsync();
        await ReadAsync(source, 500_000, 100);

        if (source.IsForwardOnly)
        {
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => ReadAsync(source, 100, 1));
        }
        else
        {
            Assert.Equal(Bundle[100..200], await ReadAsync(source, 100, 100));
        }
    }

    [Fact]
    public async Task A_bundle_is_checked_and_unpacked_from_it()
    {
        await using IPayloadSource source = await OpenAsync();
        using BundleReader reader = await BundleReader.OpenAsync(source, TrustStore.FromPem(Made.Value.Anchor), VerificationTime.Now(TimeProvider.System.GetUtcNow()), Ct);
        BundlePayload payload = reader.Payloads[0];
        byte[] content = new byte[payload.Info.ChunkSize];

        reader.Expect(payload, 0, payload.ChunkCount);
        for (int chunk = 0; chunk < payload.ChunkCount; chunk++)
        {
            int length = await reader.ReadChunkAsync(payload, chunk, content, Ct);
            Assert.True(payload.Fits(chunk, content.AsSpan(0, length)));
        }
    }

    [Fact]
    public async Task A_cancelled_read_ends()
    {
        await using IPayloadSource source = await OpenAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await source.ReadAtAsync(0, new byte[1 << 20], new CancellationToken(canceled: true)));
    }

    protected abstract Task<IPayloadSource> OpenAsync();

    protected static async Task<byte[]> ReadAsync(IPayloadSource source, long offset, int count)
    {
        byte[] data = new byte[count];
        int done = 0;
        while (done < count)
        {
            int read = await source.ReadAtAsync(offset + done, data.AsMemory(done), Ct);
            if (read == 0)
            {
                break;
            }

            done += read;
        }

        return data[..done];
    }

    private static (byte[] Bundle, string Anchor) Make()
    {
        var authority = CertificateAuthority.Create(AuthorityOptions.Updates, TimeProvider.System);
        CertificateAndKey pair = authority.IssueCodeSigner("signer", KeyAlgorithm.EcdsaP256, TimeSpan.FromDays(1));
        byte[] content = new byte[1 << 20];
        new Random(7).NextBytes(content);
        using MemoryStream output = new(), scratch = new(), root = new(content);
        BundleManifest manifest = new()
        {
            Version = SemanticVersion.Parse("v1.0.0"),
            Build = "1",
            Architecture = "arm64",
            Boards = ["board"],
            Issued = TimeProvider.System.GetUtcNow(),
            Payloads = [],
        };
        BundleWriter.WriteAsync(output, scratch, manifest, [new PayloadInput(BundlePart.Root, root)], ReadOnlyMemory<byte>.Empty,
            [new BundleSigner(pair.CertificatePem, PrivateKey.FromPem(pair.KeyPem.Reveal()))], new BundleWriterOptions { Level = 1 }, CancellationToken.None).GetAwaiter().GetResult();
        return (output.ToArray(), authority.CertificatePem);
    }
}
