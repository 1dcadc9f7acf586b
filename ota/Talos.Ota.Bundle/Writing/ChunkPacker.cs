using System.Security.Cryptography;
using ZstdSharp;

namespace Talos.Ota.Bundle;

/// <summary>Packs a stream in chunks, several at a time; the outcome does not depend on how many.</summary>
internal sealed class ChunkPacker : IDisposable
{
    private const int Batch = 16;

    private readonly BundleWriterOptions _options;
    private readonly ThreadLocal<Compressor> _zstd;
    private readonly Slot[] _slots;

    public ChunkPacker(BundleWriterOptions options)
    {
        _options = options;
        _zstd = new ThreadLocal<Compressor>(() => new Compressor(options.Level), trackAllValues: true);
        _slots = [.. Enumerable.Range(0, Batch).Select(_ => new Slot(options.ChunkSize))];
    }

    /// <summary>Appends the stored chunks to <paramref name="data"/> and their entries to <paramref name="index"/>.</summary>
    /// <param name="content">Read to its end.</param>
    /// <param name="data">The data region so far.</param>
    /// <param name="offset">Its length.</param>
    /// <param name="index">The index so far.</param>
    /// <param name="done">Bytes of all payloads so far.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The content and how many bytes it took.</returns>
    public async Task<(ContentId Content, long Stored)> PackAsync(Stream content, Stream data, long offset, Stream index, long done, CancellationToken ct)
    {
        using var whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] entry = new byte[ChunkEntry.Size];
        long size = 0, stored = 0;
        while (true)
        {
            int used = await FillAsync(content, ct).ConfigureAwait(false);
            Parallel.For(0, used, i => _slots[i].Pack(_zstd.Value!));
            foreach (Slot slot in _slots.AsSpan(0, used).ToArray())
            {
                whole.AppendData(slot.Content.Span);
                slot.WriteEntry(entry, offset + stored);
                await index.WriteAsync(entry, ct).ConfigureAwait(false);
                await data.WriteAsync(slot.Stored, ct).ConfigureAwait(false);
                stored += slot.Stored.Length;
                size += slot.Content.Length;
            }

            _options.Progress?.Report(done + size);
            if (used < Batch)
            {
                return (new ContentId(Convert.ToHexStringLower(whole.GetHashAndReset()), size), stored);
            }
        }
    }

    public void Dispose()
    {
        foreach (Compressor compressor in _zstd.Values)
        {
            compressor.Dispose();
        }

        _zstd.Dispose();
    }

    private async Task<int> FillAsync(Stream content, CancellationToken ct)
    {
        for (int i = 0; i < Batch; i++)
        {
            if (!await _slots[i].FillAsync(content, ct).ConfigureAwait(false))
            {
                return i;
            }
        }

        return Batch;
    }

    private sealed class Slot(int chunkSize)
    {
        private readonly byte[] _content = new byte[chunkSize];
        private readonly byte[] _packed = new byte[chunkSize];
        private readonly byte[] _contentHash = new byte[SHA256.HashSizeInBytes];
        private readonly byte[] _storedHash = new byte[SHA256.HashSizeInBytes];
        private ChunkEncoding _encoding;

        public ReadOnlyMemory<byte> Content { get; private set; }

        public ReadOnlyMemory<byte> Stored { get; private set; }

        public async Task<bool> FillAsync(Stream content, CancellationToken ct)
        {
            int read = await content.ReadAtLeastAsync(_content, _content.Length, throwOnEndOfStream: false, ct).ConfigureAwait(false);
            Content = _content.AsMemory(0, read);
            return read > 0;
        }

        public void Pack(Compressor zstd)
        {
            bool smaller = zstd.TryWrap(Content.Span, _packed.AsSpan(0, Content.Length - 1), out int written);
            _encoding = smaller ? ChunkEncoding.Zstd : ChunkEncoding.Stored;
            Stored = smaller ? _packed.AsMemory(0, written) : Content;
            SHA256.HashData(Content.Span, _contentHash);
            SHA256.HashData(Stored.Span, _storedHash);
        }

        public void WriteEntry(Span<byte> entry, long offset) =>
            ChunkEntry.Write(entry, offset, Stored.Length, _encoding, _storedHash, _contentHash);
    }
}
