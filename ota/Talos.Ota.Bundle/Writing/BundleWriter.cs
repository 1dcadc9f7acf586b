using System.Security.Cryptography;
using Talos.Ota.Bundle.Format;

namespace Talos.Ota.Bundle;

/// <summary>Makes bundles. The same input gives the same bytes, but for signatures by ECDSA, which hold a random number.</summary>
public static class BundleWriter
{
    /// <summary>Writes a bundle.</summary>
    /// <param name="output">Gets the bundle, front to back.</param>
    /// <param name="scratch">Empty and seekable; holds the packed data until the manifest is known.</param>
    /// <param name="manifest">What the bundle says about itself; its payloads and key set are filled in here.</param>
    /// <param name="payloads">In the order of their bytes: deltas first, so that a stream can be left early, and root before boot, as they are installed.</param>
    /// <param name="keySet">A signed key set to carry; empty for none.</param>
    /// <param name="signers">At least one.</param>
    /// <param name="options">Chunk size and level.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The manifest as written.</returns>
    /// <exception cref="BundleException">The input breaks a rule of the format.</exception>
    public static async Task<BundleManifest> WriteAsync(
        Stream output, Stream scratch, BundleManifest manifest, IReadOnlyList<PayloadInput> payloads, ReadOnlyMemory<byte> keySet,
        IReadOnlyList<BundleSigner> signers, BundleWriterOptions options, CancellationToken ct)
    {
        using ChunkPacker packer = new(options);
        using MemoryStream index = new();
        List<PayloadInfo> written = [];
        long offset = 0, done = 0;
        foreach (PayloadInput payload in payloads)
        {
            long indexStart = index.Length;
            (ContentId content, long stored) = await packer.PackAsync(payload.Content, scratch, offset, index, done, ct).ConfigureAwait(false);
            written.Add(new PayloadInfo
            {
                Part = payload.Part,
                Kind = payload.Base is null ? PayloadKind.Full : PayloadKind.Delta,
                Content = content,
                StoredSize = stored,
                ChunkSize = options.ChunkSize,
                IndexSha256 = Convert.ToHexStringLower(SHA256.HashData(index.GetBuffer().AsSpan((int)indexStart, (int)(index.Length - indexStart)))),
                RootHash = payload.RootHash,
                Base = payload.Base,
                Result = payload.Result,
            });
            offset += stored;
            done += content.Size;
        }

        BundleManifest complete = manifest with
        {
            Payloads = written,
            KeySetSha256 = keySet.IsEmpty ? null : Convert.ToHexStringLower(SHA256.HashData(keySet.Span)),
        };
        byte[] document = ManifestReading.Write(complete);
        await WriteFrontAsync(output, document, keySet, message => [.. signers.Select(s => SignatureBlock.Sign(message, s))], ct).ConfigureAwait(false);
        index.Position = 0;
        await index.CopyToAsync(output, ct).ConfigureAwait(false);
        scratch.Position = 0;
        await scratch.CopyToAsync(output, ct).ConfigureAwait(false);
        return complete;
    }

    /// <summary>Copies a bundle with other signatures; everything else stays byte by byte.</summary>
    /// <param name="input">A bundle, read front to back.</param>
    /// <param name="output">Gets the bundle.</param>
    /// <param name="signers">Who signs.</param>
    /// <param name="keepOld">Whether the signatures it has are kept, behind the new ones.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task SignAsync(Stream input, Stream output, IReadOnlyList<BundleSigner> signers, bool keepOld, CancellationToken ct)
    {
        BundleFront front = await BundleFront.ReadAsync(new StreamBundleSource(input), ct).ConfigureAwait(false);
        IReadOnlyList<ChainSignature> old = SignatureBlock.Parse(front.Signatures);
        await WriteFrontAsync(output, front.Manifest, front.KeySet, message => [.. signers.Select(s => SignatureBlock.Sign(message, s)), .. keepOld ? old : []], ct).ConfigureAwait(false);
        await input.CopyToAsync(output, ct).ConfigureAwait(false);
    }

    /// <summary>Writes what stands before the chunk index.</summary>
    internal static async Task WriteFrontAsync(Stream output, ReadOnlyMemory<byte> manifest, ReadOnlyMemory<byte> keySet, Func<byte[], IEnumerable<ChainSignature>> sign, CancellationToken ct)
    {
        BundleHeader header = new(manifest.Length, keySet.Length, 0);
        byte[] signatures = SignatureBlock.Write(sign(BundleFront.MessageOf(header, manifest.Span)));
        byte[] head = new byte[BundleHeader.Size];
        (header with { SignatureLength = signatures.Length }).Write(head);
        await output.WriteAsync(head, ct).ConfigureAwait(false);
        await output.WriteAsync(manifest, ct).ConfigureAwait(false);
        await output.WriteAsync(signatures, ct).ConfigureAwait(false);
        await output.WriteAsync(keySet, ct).ConfigureAwait(false);
    }
}
