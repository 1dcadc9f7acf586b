using System.Security.Cryptography;
using Talos.Ota.Delta.Apply;
using Talos.Ota.Delta.Blocks;
using Talos.Ota.Delta.Coding;
using Talos.Ota.Delta.Images;

namespace Talos.Ota.Delta;

/// <summary>Rebuilds the target of a delta: its bytes in order, as many at a time as the caller takes.</summary>
/// <remarks>Needs at most 32 MiB, whatever the delta says; see <c>ota/spec/delta.md</c>.</remarks>
public sealed class DeltaReader : IDisposable
{
    private const int HashBuffer = 256 * 1024;

    private readonly IBaseImage _base;
    private readonly BlockCodec _codec = new();
    private readonly PlanModel _plan;
    private readonly ContentReader _content;
    private readonly VerityTree? _tree;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[] _ready = [];
    private int _readyAt;
    private int _readyEnd;
    private byte[] _block = [];
    private Operation _operation;
    private long _produced;
    private bool _checked;

    private DeltaReader(DeltaHeader header, Stream delta, IBaseImage baseImage)
    {
        Header = header;
        _base = baseImage;
        RangeDecoder coder = new(delta);
        _plan = new PlanModel(coder);
        _content = new ContentReader(coder, header.TableBits, _plan, new BaseContent(baseImage, ReadMap(header), _codec, DeltaLimits.BaseCache));
        _tree = header.VerityData > 0 ? new VerityTree(header.VerityData, header.Salt.Span) : null;
    }

    /// <summary>What the delta says of itself.</summary>
    public DeltaHeader Header { get; }

    /// <summary>Reads the header of a delta and proves that the base is the one it was made for.</summary>
    /// <param name="delta">Read from front to back while the target is made; it belongs to the caller.</param>
    /// <param name="baseImage">Read completely once, then where the delta needs it.</param>
    /// <param name="targetLength">Bytes the target has to have: it bounds the work a damaged delta can cause.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="DeltaException">The delta is damaged, made for another base, or makes a target of another length.</exception>
    public static DeltaReader Open(Stream delta, IBaseImage baseImage, long targetLength, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(baseImage);
        DeltaHeader header = DeltaHeader.Read(delta);
        if (header.TargetLength != targetLength)
        {
            throw new DeltaException($"delta: it makes an image of {header.TargetLength} bytes; {targetLength} are wanted; install the full image");
        }

        CheckBase(header, baseImage, ct);
        return new DeltaReader(header, delta, baseImage);
    }

    /// <summary>Makes the next bytes of the target.</summary>
    /// <param name="buffer">At least one byte; filled completely unless the target ends.</param>
    /// <returns>How many bytes were made; 0 only at the end, when the whole was found to be what the header promised.</returns>
    /// <exception cref="DeltaException">The delta is damaged; what was made so far is worthless.</exception>
    public int Read(Span<byte> buffer)
    {
        int made = 0;
        while (made < buffer.Length && _produced < Header.TargetLength)
        {
            int taken = Step(buffer[made..]);
            Span<byte> bytes = buffer.Slice(made, taken);
            _hash.AppendData(bytes);
            _tree?.Append(bytes);
            _produced += taken;
            made += taken;
        }

        if (_produced == Header.TargetLength && !_checked)
        {
            CheckTarget();
            _checked = true;
        }

        return made;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _codec.Dispose();
        _hash.Dispose();
    }

    private static void CheckBase(DeltaHeader header, IBaseImage image, CancellationToken ct)
    {
        if (image.Length != header.BaseLength)
        {
            throw new DeltaException($"delta: made for a base of {header.BaseLength} bytes; this one has {image.Length}; install the full image");
        }

        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[HashBuffer];
        for (long at = 0; at < image.Length;)
        {
            ct.ThrowIfCancellationRequested();
            Span<byte> part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, image.Length - at));
            image.ReadAt(at, part);
            hash.AppendData(part);
            at += part.Length;
        }

        byte[] actual = hash.GetHashAndReset();
        if (!actual.AsSpan().SequenceEqual(header.BaseHash.Span))
        {
            throw new DeltaException($"delta: made for the base {Convert.ToHexStringLower(header.BaseHash.Span)}; this one is {Convert.ToHexStringLower(actual)}; install the full image");
        }
    }

    private ContentMap ReadMap(DeltaHeader header)
    {
        ImageBlock[] blocks = new ImageBlock[header.BaseBlocks];
        long end = 0;
        for (int i = 0; i < blocks.Length; i++)
        {
            blocks[i] = _plan.CodeBlock(default, end);
            end = blocks[i].Offset + blocks[i].StoredLength;
            if (blocks[i].Offset < 0 || end > header.BaseLength || blocks[i].ContentLength > header.BlockSize)
            {
                throw new DeltaException($"delta: block {i} of the base ends at {end} of {header.BaseLength} bytes and holds {blocks[i].ContentLength} of at most {header.BlockSize}; it is damaged");
            }
        }

        return new ContentMap(header.BaseLength, blocks);
    }

    private int Step(Span<byte> buffer)
    {
        if (_readyAt == _readyEnd && _operation.Length == 0)
        {
            Next();
        }

        if (_readyAt < _readyEnd)
        {
            int ready = Math.Min(buffer.Length, _readyEnd - _readyAt);
            _ready.AsSpan(_readyAt, ready).CopyTo(buffer);
            _readyAt += ready;
            return ready;
        }

        int taken = (int)Math.Min(buffer.Length, _operation.Length);
        if (_operation.Kind is OperationKind.Copy)
        {
            _base.ReadAt(_operation.Offset, buffer[..taken]);
        }
        else
        {
            _content.Fill(buffer[..taken]);
        }

        _operation = _operation with { Length = _operation.Length - taken, Offset = _operation.Offset + taken };
        return taken;
    }

    private void Next()
    {
        Operation next = _plan.Code(default(Operation));
        long left = Header.TargetLength - _produced;
        bool fits = next.Kind switch
        {
            OperationKind.Copy => next.Length > 0 && next.Length <= left && next.Offset >= 0 && next.Offset <= Header.BaseLength - next.Length,
            OperationKind.Plain => next.Length > 0 && next.Length <= left,
            OperationKind.Packed => next.Length > 0 && next.Length <= Header.BlockSize,
            _ => _tree is not null,
        };
        if (!fits)
        {
            throw new DeltaException($"delta: operation {next.Kind} of {next.Length} bytes from {next.Offset} with {left} left of the image; it is damaged");
        }

        if (next.Kind is OperationKind.Packed)
        {
            Pack((int)next.Length);
        }
        else if (next.Kind is OperationKind.Tree)
        {
            _ready = _tree!.Finish() ?? throw new DeltaException($"delta: the hash tree comes at {_produced}, before its {Header.VerityData} bytes of data; it is damaged");
            (_readyAt, _readyEnd) = (0, _ready.Length);
        }
        else
        {
            _operation = next;
        }

        if (_readyEnd - _readyAt > left || (_readyEnd == 0 && _operation.Length == 0))
        {
            throw new DeltaException($"delta: an operation makes {_readyEnd - _readyAt} bytes with {left} left of the image; it is damaged");
        }
    }

    private void Pack(int length)
    {
        if (_block.Length < length)
        {
            _block = new byte[length];
        }

        if (_ready.Length < BlockCodec.Bound(length))
        {
            _ready = new byte[BlockCodec.Bound(length)];
        }

        _content.Fill(_block.AsSpan(0, length));
        (_readyAt, _readyEnd) = (0, _codec.Pack(_block.AsSpan(0, length), Header.Level, _ready));
    }

    private void CheckTarget()
    {
        byte[] actual = _hash.GetHashAndReset();
        if (!actual.AsSpan().SequenceEqual(Header.TargetHash.Span))
        {
            throw new DeltaException($"delta: the image made is {Convert.ToHexStringLower(actual)}, not {Convert.ToHexStringLower(Header.TargetHash.Span)}; install the full image");
        }
    }
}
