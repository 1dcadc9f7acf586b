using System.Numerics;
using System.Security.Cryptography;
using Talos.Ota.Delta.Blocks;
using Talos.Ota.Delta.Coding;
using Talos.Ota.Delta.Create;
using Talos.Ota.Delta.Images;

namespace Talos.Ota.Delta;

/// <summary>Makes a delta between two images. The same images give the same bytes.</summary>
/// <remarks>Keeps the content of both images in memory, and 16 bytes for each byte of the largest file.</remarks>
public sealed class DeltaCreator
{
    private const int Buffer = 1 << 20;

    private readonly IBaseImage _old;
    private readonly IBaseImage _new;
    private readonly int _workers;
    private readonly IProgress<DeltaProgress>? _progress;
    private readonly CancellationToken _ct;

    private DeltaCreator(IBaseImage oldImage, IBaseImage newImage, int workers, IProgress<DeltaProgress>? progress, CancellationToken ct) =>
        (_old, _new, _workers, _progress, _ct) = (oldImage, newImage, workers, progress, ct);

    /// <summary>Makes the delta, rebuilds the target from it, and only when that is the new image writes it.</summary>
    /// <param name="oldImage">The base.</param>
    /// <param name="newImage">The target.</param>
    /// <param name="output">Gets the delta.</param>
    /// <param name="workers">Threads that match and pack.</param>
    /// <param name="progress">Gets the step; may be null.</param>
    /// <param name="ct">Cancels; nothing is written then.</param>
    /// <exception cref="DeltaException">An image is damaged, too large, or the proof failed.</exception>
    public static DeltaReport Create(IBaseImage oldImage, IBaseImage newImage, Stream output, int workers, IProgress<DeltaProgress>? progress, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(oldImage);
        ArgumentNullException.ThrowIfNull(newImage);
        ArgumentNullException.ThrowIfNull(output);
        using MemoryStream delta = new();
        DeltaCreator creator = new(oldImage, newImage, workers, progress, ct);
        DeltaReport report = creator.Write(delta);
        creator.Prove(delta);
        delta.Position = 0;
        delta.CopyTo(output);
        return report;
    }

    private DeltaReport Write(MemoryStream output)
    {
        using BlockCodec codec = new();
        Report("reading images", 0, 1);
        ImageContent oldImage = ImageReader.Read(_old, codec, new HashSet<long>());
        ImageContent newImage = ImageReader.Read(_new, codec, new HashSet<long>());
        if (oldImage.Map.Blocks.Count > DeltaLimits.BaseBlocks)
        {
            throw new DeltaException($"the old image has {oldImage.Map.Blocks.Count} compressed blocks; a delta takes {DeltaLimits.BaseBlocks}");
        }

        VeritySuperblock? verity = VeritySuperblock.Find(_new, newImage.FileSystemLength, _ct);
        Dictionary<long, long> copies = StoredBlocks.FindCopies(_old, oldImage.Map, _new, newImage.Map, _ct);
        HashSet<long> closed = StoredBlocks.FindUnpackable(
            _new, [.. newImage.Map.Blocks.Where(b => !copies.ContainsKey(b.Offset))], newImage.Level, _workers, (d, t) => Report("packing blocks", d, t), _ct);
        if (closed.Count > 0)
        {
            newImage = ImageReader.Read(_new, codec, closed);
        }

        byte[] oldBytes = ContentBuffer.Load(_old, oldImage.Map, codec, _ct);
        byte[] newBytes = ContentBuffer.Load(_new, newImage.Map, codec, _ct);
        TargetPlan plan = TargetPlan.Create(newImage.Map, copies, verity);
        List<ContentMatch> matches = Alignment.Find(
            (oldImage, oldBytes), (newImage, newBytes), plan.Needs, _workers, (d, t) => Report("matching files", d, t), _ct);

        DeltaHeader header = new()
        {
            BaseLength = _old.Length,
            BaseHash = Hash(_old),
            TargetLength = _new.Length,
            TargetHash = Hash(_new),
            Level = Math.Max(1, newImage.Level),
            BlockSize = oldImage.Map.Blocks.Concat(newImage.Map.Blocks).Select(b => b.ContentLength).DefaultIfEmpty(0).Max(),
            TableBits = Math.Clamp(BitOperations.Log2((ulong)plan.NeededLength | 1) - 3, DeltaLimits.LeastTableBits, DeltaLimits.MostTableBits),
            BaseBlocks = oldImage.Map.Blocks.Count,
            VerityData = verity?.DataLength ?? 0,
            Salt = verity?.Salt ?? [],
        };
        output.Write(header.Write());
        ContentWriter content = WriteCode(output, header, oldImage.Map, plan, oldBytes, newBytes, matches);
        return new DeltaReport(header, output.Length, copies.Count, newImage.Map.Blocks.Count - copies.Count, closed.Count, content.Differences, content.Literals);
    }

    private ContentWriter WriteCode(Stream output, DeltaHeader header, ContentMap oldMap, TargetPlan plan, byte[] oldBytes, byte[] newBytes, List<ContentMatch> matches)
    {
        RangeEncoder coder = new(output);
        PlanModel model = new(coder);
        long end = 0;
        foreach (ImageBlock block in oldMap.Blocks)
        {
            model.CodeBlock(block, end);
            end = block.Offset + block.StoredLength;
        }

        ContentWriter content = new(coder, header.TableBits, model, oldBytes, newBytes, plan.Commands(matches));
        foreach ((Operation operation, long position) in plan.Operations)
        {
            _ct.ThrowIfCancellationRequested();
            Report("writing", position, newBytes.Length);
            model.Code(operation);
            if (operation.Kind is OperationKind.Plain or OperationKind.Packed)
            {
                content.Write(position, (int)operation.Length);
            }
        }

        coder.Finish();
        return content;
    }

    private void Prove(MemoryStream delta)
    {
        delta.Position = 0;
        using DeltaReader reader = DeltaReader.Open(delta, _old, _new.Length, _ct);
        byte[] made = new byte[Buffer];
        byte[] wanted = new byte[Buffer];
        long at = 0;
        for (int length; (length = reader.Read(made)) > 0; at += length)
        {
            _ct.ThrowIfCancellationRequested();
            Report("proving", at, _new.Length);
            _new.ReadAt(at, wanted.AsSpan(0, length));
            if (!made.AsSpan(0, length).SequenceEqual(wanted.AsSpan(0, length)))
            {
                throw new DeltaException($"delta: its proof gave other bytes than the new image between {at} and {at + length}; nothing was written");
            }
        }
    }

    private byte[] Hash(IBaseImage image)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[Buffer];
        for (long at = 0; at < image.Length;)
        {
            _ct.ThrowIfCancellationRequested();
            Span<byte> part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, image.Length - at));
            image.ReadAt(at, part);
            hash.AppendData(part);
            at += part.Length;
        }

        return hash.GetHashAndReset();
    }

    private void Report(string step, long done, long total) => _progress?.Report(new DeltaProgress(step, done, total));
}
