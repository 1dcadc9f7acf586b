namespace Talos.Ota.Bundle.Format;

/// <summary>What stands before the chunk index, as it is stored.</summary>
internal sealed record BundleFront(BundleHeader Header, ReadOnlyMemory<byte> Manifest, byte[] Signatures, byte[] KeySet, byte[] Message)
{
    /// <summary>Enough for the front and the index of most bundles: one request of a server.</summary>
    private const int UsualLength = 128 * 1024;

    private static ReadOnlySpan<byte> Context => "talos.ota.bundle.v1\0"u8;

    public static async Task<BundleFront> ReadAsync(IBundleSource source, CancellationToken ct)
    {
        source.Expect(0, Math.Min(UsualLength, source.Length ?? UsualLength));
        byte[] head = new byte[BundleHeader.Size];
        await ReadExactlyAsync(source, 0, head, "header", ct).ConfigureAwait(false);
        var header = BundleHeader.Parse(head);

        byte[] message = new byte[Context.Length + BundleHeader.SignedSize + header.ManifestLength];
        Context.CopyTo(message);
        head.AsSpan(0, BundleHeader.SignedSize).CopyTo(message.AsSpan(Context.Length));
        Memory<byte> manifest = message.AsMemory(message.Length - header.ManifestLength);
        byte[] signatures = new byte[header.SignatureLength];
        byte[] keySet = new byte[header.KeySetLength];
        await ReadExactlyAsync(source, BundleHeader.Size, manifest, "manifest", ct).ConfigureAwait(false);
        await ReadExactlyAsync(source, BundleHeader.Size + header.ManifestLength, signatures, "signatures", ct).ConfigureAwait(false);
        await ReadExactlyAsync(source, BundleHeader.Size + header.ManifestLength + header.SignatureLength, keySet, "key set", ct).ConfigureAwait(false);
        return new BundleFront(header, manifest, signatures, keySet, message);
    }

    /// <summary>What a signer signs: context, header without the length of the signatures, manifest.</summary>
    public static byte[] MessageOf(BundleHeader header, ReadOnlySpan<byte> manifest)
    {
        Span<byte> head = stackalloc byte[BundleHeader.Size];
        header.Write(head);
        return [.. Context, .. head[..BundleHeader.SignedSize], .. manifest];
    }

    public async Task<IReadOnlyList<BundlePayload>> ReadIndexAsync(IBundleSource source, BundleManifest manifest, CancellationToken ct)
    {
        byte[] index = new byte[manifest.Payloads.Sum(p => p.ChunkCount) * ChunkEntry.Size];
        long dataOffset = Header.IndexOffset + index.Length;
        long length = checked(dataOffset + manifest.Payloads.Sum(p => p.StoredSize));
        if (source.Length is { } there && there != length)
        {
            throw new BundleException(there < length ? BundleProblem.Truncated : BundleProblem.Malformed, $"bundle: {there} bytes are there, its manifest names {length}");
        }

        if (dataOffset > UsualLength)
        {
            source.Expect(Header.IndexOffset, index.Length);
        }

        await ReadExactlyAsync(source, Header.IndexOffset, index, "chunk index", ct).ConfigureAwait(false);
        List<BundlePayload> payloads = [];
        long offset = 0;
        int at = 0;
        foreach (PayloadInfo info in manifest.Payloads)
        {
            int size = info.ChunkCount * ChunkEntry.Size;
            payloads.Add(BundlePayload.Parse(info, index.AsMemory(at, size), dataOffset, offset));
            at += size;
            offset += info.StoredSize;
        }

        return payloads;
    }

    /// <summary>Reads all of a buffer.</summary>
    public static async ValueTask ReadExactlyAsync(IBundleSource source, long offset, Memory<byte> buffer, string what, CancellationToken ct)
    {
        for (int done = 0; done < buffer.Length;)
        {
            int read = await source.ReadAtAsync(offset + done, buffer[done..], ct).ConfigureAwait(false);
            if (read == 0)
            {
                throw new BundleException(BundleProblem.Truncated, $"bundle: it ends at {offset + done} inside {what}; fetch it again");
            }

            done += read;
        }
    }
}
