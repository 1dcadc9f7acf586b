using System.Security.Cryptography;
using Talos.Ota.Bundle.Format;

namespace Talos.Ota.Bundle.Tests;

/// <summary>A payload of 5 GiB that exists only as a rule: chunks beyond 4 GiB are found, checked and missed.</summary>
public sealed class LargeBundleTests
{
    private const int ChunkSize = BundleLimits.MaximumChunkSize;
    private const long Size = (5L << 30) + 123;
    private const int ChunkCount = (int)((Size + ChunkSize - 1) / ChunkSize);

    private readonly byte[] _front = MakeFront();

    [Theory]
    [InlineData(0)]
    [InlineData(1023)]
    [InlineData(1024)]
    [InlineData(ChunkCount - 2)]
    [InlineData(ChunkCount - 1)]
    public async Task A_chunk_is_read_from_its_64_bit_offset(int chunk)
    {
        SparseSource source = new(_front, _front.Length + Size);
        using BundleReader reader = await BundleReader.OpenAsync(source, TestKeys.Fast.Trust, TestKeys.Time, CancellationToken.None);
        byte[] content = new byte[ChunkSize];

        int length = await reader.ReadChunkAsync(reader.Payloads[0], chunk, content, CancellationToken.None);

        Assert.Equal(reader.Payloads[0].Info.LengthOf(chunk), length);
        Assert.Equal(_front.Length + ((long)chunk * ChunkSize) + length, source.HighestRead);
        Assert.True(reader.Payloads[0].Fits(chunk, content.AsSpan(0, length)));
    }

    [Fact]
    public async Task A_changed_byte_beyond_4_GiB_is_found()
    {
        SparseSource source = new(_front, _front.Length + Size) { Changed = _front.Length + (4L << 30) + 77 };
        using BundleReader reader = await BundleReader.OpenAsync(source, TestKeys.Fast.Trust, TestKeys.Time, CancellationToken.None);

        BundleException refused = await Assert.ThrowsAsync<BundleException>(
            async () => await reader.ReadChunkAsync(reader.Payloads[0], 1024, new byte[ChunkSize], CancellationToken.None));

        Assert.Equal(BundleProblem.Corrupt, refused.Problem);
    }

    [Fact]
    public async Task An_end_beyond_4_GiB_is_found_before_the_data_is_read()
    {
        SparseSource source = new(_front, _front.Length + Size - 1);

        BundleException refused = await Assert.ThrowsAsync<BundleException>(
            () => BundleReader.OpenAsync(source, TestKeys.Fast.Trust, TestKeys.Time, CancellationToken.None));

        Assert.Equal(BundleProblem.Truncated, refused.Problem);
        Assert.InRange(source.HighestRead, 0, _front.Length);
    }

    private static byte[] MakeFront()
    {
        byte[] zeros = new byte[ChunkSize];
        byte[] hash = SHA256.HashData(zeros), lastHash = SHA256.HashData(zeros.AsSpan(0, (int)(Size % ChunkSize)));
        byte[] index = new byte[ChunkCount * ChunkEntry.Size];
        for (int i = 0; i < ChunkCount; i++)
        {
            long offset = (long)i * ChunkSize;
            byte[] own = i == ChunkCount - 1 ? lastHash : hash;
            ChunkEntry.Write(index.AsSpan(i * ChunkEntry.Size), offset, (int)Math.Min(ChunkSize, Size - offset), ChunkEncoding.Stored, own, own);
        }

        byte[] manifest = ManifestReading.Write(Sample.Manifest with
        {
            Payloads =
            [
                new PayloadInfo
                {
                    Part = BundlePart.Root,
                    Kind = PayloadKind.Full,
                    Content = new ContentId(new string('0', 64), Size),
                    StoredSize = Size,
                    ChunkSize = ChunkSize,
                    IndexSha256 = Convert.ToHexStringLower(SHA256.HashData(index)),
                },
            ],
        });
        using MemoryStream front = new();
        BundleWriter.WriteFrontAsync(front, manifest, default, message => [SignatureBlock.Sign(message, TestKeys.Fast.Signer)], CancellationToken.None).GetAwaiter().GetResult();
        front.Write(index);
        return front.ToArray();
    }

    /// <summary>The front, then zeros up to a length, with at most one byte that is not.</summary>
    private sealed class SparseSource(byte[] front, long length) : IBundleSource
    {
        public long? Changed { get; init; }

        public long HighestRead { get; private set; }

        public long? Length => length;

        public bool IsForwardOnly => false;

        public void Expect(long offset, long length) => ArgumentOutOfRangeException.ThrowIfNegative(length);

        public ValueTask<int> ReadAtAsync(long offset, Memory<byte> buffer, CancellationToken ct)
        {
            int count = (int)Math.Min(buffer.Length, length - offset);
            HighestRead = Math.Max(HighestRead, offset + count);
            Span<byte> read = buffer.Span[..count];
            read.Clear();
            if (offset < front.Length)
            {
                front.AsSpan((int)offset, (int)Math.Min(count, front.Length - offset)).CopyTo(read);
            }

            if (Changed is { } changed && changed >= offset && changed < offset + count)
            {
                read[(int)(changed - offset)] = 1;
            }

            return ValueTask.FromResult(count);
        }
    }
}
