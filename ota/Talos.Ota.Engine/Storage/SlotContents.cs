using System.Security.Cryptography;
using Talos.Ota.BootControl;
using Talos.Ota.Bundle;

namespace Talos.Ota.Engine.Storage;

/// <summary>What a slot holds, told by hashes.</summary>
internal static class SlotContents
{
    private const int BufferSize = 1 << 20;
    private const int SampleEvery = 16;

    /// <summary>The chunks a slot does not hold, in order.</summary>
    /// <param name="storage">The slot's part.</param>
    /// <param name="payload">What it shall hold.</param>
    /// <param name="thorough">Every chunk is looked at; otherwise, when a sample of them holds none, the rest is not read.</param>
    /// <param name="ct">Cancels.</param>
    public static List<int> Missing(ISlotStorage storage, BundlePayload payload, bool thorough, CancellationToken ct)
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>(payload.Info.ChunkSize);
        IEnumerable<int> all = Enumerable.Range(0, payload.ChunkCount);
        if (!thorough && !all.Where(c => c % SampleEvery == 0).Any(c => Holds(storage, payload, c, buffer)))
        {
            return [.. all];
        }

        List<int> missing = [];
        foreach (int chunk in all)
        {
            ct.ThrowIfCancellationRequested();
            if (!Holds(storage, payload, chunk, buffer))
            {
                missing.Add(chunk);
            }
        }

        return missing;
    }

    /// <summary>Whether a chunk is in place.</summary>
    public static bool Holds(ISlotStorage storage, BundlePayload payload, int chunk, byte[] buffer)
    {
        Span<byte> part = buffer.AsSpan(0, payload.Info.LengthOf(chunk));
        storage.Read((long)chunk * payload.Info.ChunkSize, part);
        return payload.Fits(chunk, part);
    }

    /// <summary>Whether the storage begins with this content.</summary>
    public static bool Is(ISlotStorage storage, ContentId content, CancellationToken ct)
    {
        if (storage.Length < content.Size)
        {
            return false;
        }

        byte[] buffer = GC.AllocateUninitializedArray<byte>(BufferSize);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (long offset = 0; offset < content.Size; offset += BufferSize)
        {
            ct.ThrowIfCancellationRequested();
            Span<byte> part = buffer.AsSpan(0, (int)Math.Min(BufferSize, content.Size - offset));
            storage.Read(offset, part);
            hash.AppendData(part);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset()) == content.Sha256;
    }
}
