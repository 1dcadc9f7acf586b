using Talos.Ota.BootControl;
using Talos.Ota.Bundle;
using Talos.Ota.Delta;
using Talos.Ota.Engine.Planning;
using Talos.Ota.Engine.Storage;

namespace Talos.Ota.Engine.Steps;

/// <summary>Brings one part of a slot to what the bundle says: look, fetch, write, flush, read back.</summary>
internal sealed class PartStep(BundleReader bundle, ISlotStorage storage, InstallMeter meter)
{
    /// <summary>Stored bytes that are cheaper to fetch along than to leave out by another request.</summary>
    private const long Gap = 512 * 1024;

    /// <summary>Bytes of a delta's result written at a time.</summary>
    private const int Piece = 256 * 1024;

    /// <summary>Puts the full payload in place.</summary>
    public async Task WriteFullAsync(BundlePayload payload, IReadOnlyList<int> missing, CancellationToken ct)
    {
        long present = payload.Info.Content.Size - missing.Sum(c => (long)payload.Info.LengthOf(c));
        meter.Restart(present);
        byte[] buffer = GC.AllocateUninitializedArray<byte>(payload.Info.ChunkSize);
        DifferenceWriter writer = new(storage);
        Queue<(int First, int Count)> requests = new(ChunkRequests.Plan(payload, missing, Gap));
        foreach (int chunk in missing)
        {
            ct.ThrowIfCancellationRequested();
            if (requests.TryPeek(out (int First, int Count) request) && request.First == chunk)
            {
                bundle.Expect(payload, request.First, request.Count);
                requests.Dequeue();
            }

            int length = await bundle.ReadChunkAsync(payload, chunk, buffer, ct).ConfigureAwait(false);
            long before = writer.WrittenBytes;
            writer.Put((long)chunk * payload.Info.ChunkSize, buffer.AsSpan(0, length));
            meter.Advance(length, payload[chunk].StoredLength, writer.WrittenBytes - before);
        }

        storage.Flush();
    }

    /// <summary>Makes the content from a delta and the running slot.</summary>
    /// <exception cref="DeltaException">The delta is damaged or its base is another one.</exception>
    public void WriteDelta(BundlePayload delta, ISlotStorage source, ContentId target, CancellationToken ct)
    {
        using PayloadStream stream = new(bundle, delta, ct);
        using DeltaReader reader = DeltaReader.Open(stream, new SlotImage(source, delta.Info.Base!.Size), target.Size, ct);
        byte[] buffer = GC.AllocateUninitializedArray<byte>(Piece);
        DifferenceWriter writer = new(storage);
        long offset = 0, fetched = 0;
        for (int made; (made = reader.Read(buffer)) > 0; offset += made)
        {
            ct.ThrowIfCancellationRequested();
            long before = writer.WrittenBytes;
            writer.Put(offset, buffer.AsSpan(0, made));
            meter.Advance(made, stream.FetchedBytes - fetched, writer.WrittenBytes - before);
            fetched = stream.FetchedBytes;
        }

        storage.Flush();
    }

    /// <summary>Reads everything back from the medium and compares it with the hashes of the bundle.</summary>
    /// <exception cref="UpdateException">The medium does not give back what was written.</exception>
    public void Verify(PartPlan plan, CancellationToken ct)
    {
        storage.DropCache();
        if (plan.Full is not { } full)
        {
            if (!SlotContents.Is(storage, plan.Target, ct))
            {
                throw new UpdateException($"{plan.Delta!.Info}: {plan.Target.Size} bytes read back are not what was made; the medium may be failing");
            }

            return;
        }

        byte[] buffer = GC.AllocateUninitializedArray<byte>(full.Info.ChunkSize);
        for (int chunk = 0; chunk < full.ChunkCount; chunk++)
        {
            ct.ThrowIfCancellationRequested();
            if (!SlotContents.Holds(storage, full, chunk, buffer))
            {
                throw new UpdateException(
                    $"{full.Info}: {full.Info.LengthOf(chunk)} bytes at {(long)chunk * full.Info.ChunkSize} read back are not what was written; the medium may be failing");
            }
        }
    }
}
