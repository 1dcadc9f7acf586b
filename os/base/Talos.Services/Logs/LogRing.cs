namespace Talos.Services.Logs;

/// <summary>The last bytes of a log, addressed by their position since the log began.</summary>
/// <param name="capacity">Bytes kept.</param>
internal sealed class LogRing(int capacity)
{
    private readonly byte[] _bytes = new byte[capacity];

    /// <summary>Position after the last byte: how many were ever written.</summary>
    public long End { get; private set; }

    /// <summary>Position of the oldest byte kept.</summary>
    public long Start => Math.Max(0, End - _bytes.Length);

    /// <summary>Adds bytes, over the oldest ones when full.</summary>
    public void Append(ReadOnlySpan<byte> data)
    {
        if (data.Length > _bytes.Length)
        {
            End += data.Length - _bytes.Length;
            data = data[^_bytes.Length..];
        }

        int at = (int)(End % _bytes.Length);
        int first = Math.Min(data.Length, _bytes.Length - at);
        data[..first].CopyTo(_bytes.AsSpan(at));
        data[first..].CopyTo(_bytes);
        End += data.Length;
    }

    /// <summary>Copies what is kept from <paramref name="position"/> on.</summary>
    /// <param name="position">Moved to <see cref="Start"/> when older bytes are gone already.</param>
    public byte[] From(long position)
    {
        long from = Math.Clamp(position, Start, End);
        byte[] copy = new byte[End - from];
        int at = (int)(from % _bytes.Length);
        int first = Math.Min(copy.Length, _bytes.Length - at);
        _bytes.AsSpan(at, first).CopyTo(copy);
        _bytes.AsSpan(0, copy.Length - first).CopyTo(copy.AsSpan(first));
        return copy;
    }
}
