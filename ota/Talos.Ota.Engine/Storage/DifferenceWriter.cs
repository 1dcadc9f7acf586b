using Talos.Ota.BootControl;

namespace Talos.Ota.Engine.Storage;

/// <summary>Writes to a slot only the blocks that differ from what it holds: flash wears by writing, not by reading.</summary>
internal sealed class DifferenceWriter(ISlotStorage storage)
{
    private const int Block = 4096;

    private byte[] _held = [];

    /// <summary>Bytes that were written.</summary>
    public long WrittenBytes { get; private set; }

    /// <summary>Puts content in place.</summary>
    public void Put(long offset, ReadOnlySpan<byte> content)
    {
        if (_held.Length < content.Length)
        {
            _held = GC.AllocateUninitializedArray<byte>(content.Length);
        }

        Span<byte> held = _held.AsSpan(0, content.Length);
        storage.Read(offset, held);
        for (int at = 0; at < content.Length;)
        {
            int end = at;
            while (end < content.Length && !Same(held, content, end))
            {
                end = Math.Min(end + Block, content.Length);
            }

            if (end > at)
            {
                storage.Write(offset + at, content[at..end]);
                WrittenBytes += end - at;
            }

            at = Math.Min(end + Block, content.Length);
        }
    }

    private static bool Same(ReadOnlySpan<byte> held, ReadOnlySpan<byte> content, int at)
    {
        int length = Math.Min(Block, content.Length - at);
        return held.Slice(at, length).SequenceEqual(content.Slice(at, length));
    }
}
