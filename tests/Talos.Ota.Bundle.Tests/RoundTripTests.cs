using Talos.Pki;

namespace Talos.Ota.Bundle.Tests;

/// <summary>What is written is read again.</summary>
public sealed class RoundTripTests
{
    [Theory]
    [InlineData(KeyAlgorithm.Ed25519)]
    [InlineData(KeyAlgorithm.EcdsaP256)]
    public async Task A_written_bundle_gives_its_payloads(KeyAlgorithm algorithm)
    {
        TestKeys keys = new(algorithm);
        using BundleReader reader = await Sample.OpenAsync(Sample.Write(keys.Signer), keys.Trust);

        Dictionary<BundlePart, byte[]> parts = await Sample.ReadAllAsync(reader);

        Assert.Equal(Sample.Root, parts[BundlePart.Root]);
        Assert.Equal(Sample.Boot, parts[BundlePart.Boot]);
        Assert.Equal(ChunkEncoding.Zstd, reader.Payloads[0][0].Encoding);
        Assert.Equal(ChunkEncoding.Stored, reader.Payloads[0][2].Encoding);
        Assert.Equal(keys.Signer.Chain[0].KeyId, reader.Signer?.KeyId);
    }

    [Fact]
    public async Task A_manifest_is_read_as_it_was_given()
    {
        using BundleReader reader = await Sample.OpenAsync(Sample.Bundle);

        BundleManifest read = reader.Manifest;

        Assert.Equal("v1.2.0", read.Version.ToString());
        Assert.Equal("v1.0.0", read.MinimumVersion?.ToString());
        Assert.Equal("v1.1.0", read.Floor?.ToString());
        Assert.Equal(["board-a", "board-b"], read.Boards);
        Assert.Equal(Sample.Manifest.Issued, read.Issued);
        Assert.Equal(Sample.Manifest.Expires, read.Expires);
        Assert.Equal("Kernel 6.12.50.", read.Notes);
        Assert.Equal(new string('a', 64), read.Full(BundlePart.Root)?.RootHash);
        Assert.Equal(Sample.Bundle.Length, reader.Length);
    }

    [Fact]
    public async Task A_stream_that_cannot_seek_is_read_front_to_back()
    {
        using Stream stream = new OneWayStream(Sample.Bundle);
        using BundleReader reader = await BundleReader.OpenAsync(new StreamBundleSource(stream), TestKeys.Own.Trust, TestKeys.Time, CancellationToken.None);

        Dictionary<BundlePart, byte[]> parts = await Sample.ReadAllAsync(reader);

        Assert.Equal(Sample.Root, parts[BundlePart.Root]);
        Assert.Equal(Sample.Boot, parts[BundlePart.Boot]);
    }

    [Fact]
    public async Task A_stream_can_skip_a_payload_it_does_not_need()
    {
        using Stream stream = new OneWayStream(Sample.Bundle);
        using BundleReader reader = await BundleReader.OpenAsync(new StreamBundleSource(stream), TestKeys.Own.Trust, TestKeys.Time, CancellationToken.None);
        byte[] content = new byte[Sample.Boot.Length];

        await reader.ReadChunkAsync(reader.Payloads[1], 0, content, CancellationToken.None);

        Assert.Equal(Sample.Boot, content);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(Sample.ChunkSize - 1)]
    [InlineData(Sample.ChunkSize)]
    [InlineData(Sample.ChunkSize + 1)]
    [InlineData(16 * Sample.ChunkSize)]
    public async Task A_payload_of_any_length_comes_back(int length)
    {
        byte[] content = [.. Enumerable.Range(0, length).Select(i => (byte)(i * i))];
        using MemoryStream output = new(), scratch = new(), boot = new(content);
        await BundleWriter.WriteAsync(output, scratch, Sample.Manifest, [new PayloadInput(BundlePart.Boot, boot)], ReadOnlyMemory<byte>.Empty,
            [TestKeys.Fast.Signer], new BundleWriterOptions { ChunkSize = Sample.ChunkSize, Level = 1 }, CancellationToken.None);

        using BundleReader reader = await Sample.OpenAsync(output.ToArray(), TestKeys.Fast.Trust);

        Assert.Equal(content, (await Sample.ReadAllAsync(reader))[BundlePart.Boot]);
    }

    [Fact]
    public async Task An_empty_payload_is_refused_when_it_is_written()
    {
        using MemoryStream output = new(), scratch = new(), boot = new();

        BundleException refused = await Assert.ThrowsAsync<BundleException>(() => BundleWriter.WriteAsync(output, scratch, Sample.Manifest,
            [new PayloadInput(BundlePart.Boot, boot)], ReadOnlyMemory<byte>.Empty, [TestKeys.Fast.Signer], new BundleWriterOptions(), CancellationToken.None));

        Assert.Contains("payloads[0].size is 0", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, output.Length);
    }

    [Fact]
    public void The_same_input_gives_the_same_bytes() =>
        Assert.Equal(Sample.Write(TestKeys.Own.Signer), Sample.Write(TestKeys.Own.Signer));

    [Fact]
    public async Task A_second_signature_leaves_the_first_one_good()
    {
        using MemoryStream output = new();
        await BundleWriter.SignAsync(new MemoryStream(Sample.Bundle), output, [TestKeys.Foreign.Signer], keepOld: true, CancellationToken.None);

        using BundleReader own = await Sample.OpenAsync(output.ToArray());
        using BundleReader foreign = await Sample.OpenAsync(output.ToArray(), TestKeys.Foreign.Trust);

        Assert.Equal(own.Id, foreign.Id);
        Assert.Equal(Sample.Root, (await Sample.ReadAllAsync(foreign))[BundlePart.Root]);
    }
}
