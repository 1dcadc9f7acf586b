namespace Talos.Disks;

/// <summary>Reads at an offset; what lies behind the end is not there.</summary>
internal static class StreamReading
{
    /// <summary>Reads exactly <paramref name="length"/> bytes, or null when the stream ends before.</summary>
    internal static byte[]? ReadAt(this Stream stream, long offset, int length)
    {
        if (offset < 0 || offset > stream.Length - length)
        {
            return null;
        }

        byte[] data = new byte[length];
        stream.Position = offset;
        return stream.ReadAtLeast(data, length, throwOnEndOfStream: false) == length ? data : null;
    }
}
