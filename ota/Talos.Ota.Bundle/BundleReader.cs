using System.Security.Cryptography;
using Talos.Ota.Bundle.Format;
using Talos.Pki;

namespace Talos.Ota.Bundle;

/// <summary>A bundle whose signature was found good; gives its chunks, each checked before it is unpacked.</summary>
/// <remarks>One chunk at a time. The source belongs to the caller.</remarks>
public sealed class BundleReader : IDisposable
{
    private readonly IBundleSource _source;
    private readonly ChunkUnpacker _unpacker = new();
    private byte[] _stored = [];

    private BundleReader(IBundleSource source, BundleManifest manifest, string id, IReadOnlyList<BundlePayload> payloads, IReadOnlyList<SigningCertificate> signers, TrustStore? trust, SigningCertificate? signer, IReadOnlyList<string> signedBy, ReadOnlyMemory<byte> keySet)
    {
        _source = source;
        Manifest = manifest;
        Id = id;
        Payloads = payloads;
        Signers = signers;
        Trust = trust;
        Signer = signer;
        SignedBy = signedBy;
        KeySet = keySet;
    }

    /// <summary>What the bundle says about itself.</summary>
    public BundleManifest Manifest { get; }

    /// <summary>Names the bundle by what is signed: SHA-256 in lower-case hexadecimal digits.</summary>
    public string Id { get; }

    /// <summary>Payloads in the order of their bytes.</summary>
    public IReadOnlyList<BundlePayload> Payloads { get; }

    /// <summary>Bytes of the whole bundle.</summary>
    public long Length => Payloads[0].DataOffset + Manifest.Payloads.Sum(p => p.StoredSize);

    /// <summary>Everybody whose signature it names, whether it is good or not.</summary>
    public IReadOnlyList<SigningCertificate> Signers { get; }

    /// <summary>Whom to trust from now on; null when signatures were not checked.</summary>
    public TrustStore? Trust { get; }

    /// <summary>Who signed it; null when signatures were not checked.</summary>
    public SigningCertificate? Signer { get; }

    /// <summary>The certificates behind every good signature, to be kept with what was installed: see <see cref="TrustStore.Accepts"/>.</summary>
    public IReadOnlyList<string> SignedBy { get; }

    /// <summary>The key set in the bundle, to be kept once the update is committed; empty without one.</summary>
    public ReadOnlyMemory<byte> KeySet { get; }

    /// <summary>Reads and checks everything but the data: signature first, then manifest, then the chunk index.</summary>
    /// <exception cref="BundleException">It is refused.</exception>
    public static async Task<BundleReader> OpenAsync(IBundleSource source, TrustStore trust, VerificationTime time, CancellationToken ct)
    {
        BundleFront front = await BundleFront.ReadAsync(source, ct).ConfigureAwait(false);
        TrustStore trusted = front.KeySet.Length > 0 ? trust.With(front.KeySet, time) : trust;
        IReadOnlyList<ChainSignature> signatures = SignatureBlock.Parse(front.Signatures);
        SigningCertificate signer = trusted.Verify(front.Message, signatures, "manifest", time);
        IReadOnlyList<string> signedBy = trusted.GoodPaths(front.Message, signatures, time);
        return await CreateAsync(source, front, signatures, trusted, signer, signedBy, ct).ConfigureAwait(false);
    }

    /// <summary>Reads a bundle without asking who signed it: to show it on a workstation, never to install it.</summary>
    /// <exception cref="BundleException">It is broken.</exception>
    public static async Task<BundleReader> OpenUnverifiedAsync(IBundleSource source, CancellationToken ct)
    {
        BundleFront front = await BundleFront.ReadAsync(source, ct).ConfigureAwait(false);
        return await CreateAsync(source, front, SignatureBlock.Parse(front.Signatures), null, null, [], ct).ConfigureAwait(false);
    }

    /// <summary>The payload with this description.</summary>
    public BundlePayload this[PayloadInfo info] => Payloads.First(p => p.Info == info);

    /// <summary>Tells the source that these chunks are read next, so that it can fetch them in one request.</summary>
    public void Expect(BundlePayload payload, int first, int count)
    {
        if (count > 0)
        {
            ChunkEntry last = payload[first + count - 1];
            long offset = payload[first].Offset;
            _source.Expect(payload.DataOffset + offset, last.Offset + last.StoredLength - offset);
        }
    }

    /// <summary>Tells the source that all payloads are read next.</summary>
    public void ExpectAll() => _source.Expect(Payloads[0].DataOffset, Length - Payloads[0].DataOffset);

    /// <summary>Fetches one chunk, checks its stored bytes and unpacks it.</summary>
    /// <param name="payload">One of <see cref="Payloads"/>.</param>
    /// <param name="chunk">In a source that is forward-only, chunks are read in order.</param>
    /// <param name="destination">At least as long as the chunk unpacked.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Unpacked bytes. Whether they equal <see cref="ChunkEntry.ContentSha256"/> is <see cref="BundlePayload.Fits"/>'s to say, best on what was read back.</returns>
    /// <exception cref="BundleException">The bundle ends too early or its bytes differ from the index.</exception>
    public async ValueTask<int> ReadChunkAsync(BundlePayload payload, int chunk, Memory<byte> destination, CancellationToken ct)
    {
        int length = payload.Info.LengthOf(chunk);
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, length, nameof(destination));
        (long offset, int storedLength, ChunkEncoding encoding) = Locate(payload, chunk);
        if (encoding is ChunkEncoding.Zstd && _stored.Length < storedLength)
        {
            _stored = GC.AllocateUninitializedArray<byte>(payload.Info.ChunkSize);
        }

        Memory<byte> stored = (encoding is ChunkEncoding.Zstd ? _stored.AsMemory() : destination)[..storedLength];
        await BundleFront.ReadExactlyAsync(_source, offset, stored, payload.Describe(chunk), ct).ConfigureAwait(false);
        Check(payload, chunk, stored.Span);
        if (encoding is ChunkEncoding.Zstd)
        {
            _unpacker.Unpack(stored.Span, destination.Span[..length], payload.Describe(chunk));
        }

        return length;
    }

    /// <inheritdoc/>
    public void Dispose() => _unpacker.Dispose();

    private static async Task<BundleReader> CreateAsync(IBundleSource source, BundleFront front, IReadOnlyList<ChainSignature> signatures, TrustStore? trust, SigningCertificate? signer, IReadOnlyList<string> signedBy, CancellationToken ct)
    {
        BundleManifest manifest = ManifestReading.Read(front.Manifest.Span);
        if (manifest.KeySetSha256 is null != front.KeySet.Length is 0
            || (manifest.KeySetSha256 is { } hash && hash != Convert.ToHexStringLower(SHA256.HashData(front.KeySet))))
        {
            throw new BundleException(BundleProblem.Corrupt, "bundle: key set: it is not the one the manifest names");
        }

        IReadOnlyList<BundlePayload> payloads = await front.ReadIndexAsync(source, manifest, ct).ConfigureAwait(false);
        return new BundleReader(source, manifest, Convert.ToHexStringLower(SHA256.HashData(front.Message)), payloads, [.. signatures.Select(s => s.Chain[0])], trust, signer, signedBy, front.KeySet);
    }

    private static (long Offset, int StoredLength, ChunkEncoding Encoding) Locate(BundlePayload payload, int chunk)
    {
        ChunkEntry entry = payload[chunk];
        return (payload.DataOffset + entry.Offset, entry.StoredLength, entry.Encoding);
    }

    private static void Check(BundlePayload payload, int chunk, ReadOnlySpan<byte> stored)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(stored, hash);
        if (!hash.SequenceEqual(payload[chunk].StoredSha256))
        {
            throw new BundleException(BundleProblem.Corrupt, $"bundle: {payload.Describe(chunk)}: its SHA-256 is not the one of the index; fetch the bundle again");
        }
    }
}
