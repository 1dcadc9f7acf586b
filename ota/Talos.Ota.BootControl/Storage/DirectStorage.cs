using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Talos.Linux;

namespace Talos.Ota.BootControl.Storage;

/// <summary>
/// A partition past the page cache: an update pushes nothing out that the workload has cached, what is read back
/// comes from the medium, and the copies of the cache cost no processor time.
/// </summary>
public sealed class DirectStorage : ISlotStorage
{
    /// <summary>Bytes of one request to the device.</summary>
    private const int Piece = 1 << 20;

    /// <summary>Suits every device: no sector is larger.</summary>
    private const int Alignment = 4096;

    private readonly SafeFileHandle _device;
    private readonly string _path;
    private readonly int _sector;
    private readonly byte[] _memory;
    private readonly int _start;

    private DirectStorage(SafeFileHandle device, string path, int sector)
    {
        _device = device;
        _path = path;
        _sector = sector;
        Length = PageCache.LengthOf(device, path);
        _memory = GC.AllocateUninitializedArray<byte>(Piece + Alignment, pinned: true);
        long address = Marshal.UnsafeAddrOfPinnedArrayElement(_memory, 0);
        _start = (int)(-address & (Alignment - 1));
    }

    /// <inheritdoc/>
    public long Length { get; }

    private Span<byte> Buffer => _memory.AsSpan(_start, Piece);

    /// <summary>Opens a partition that nobody else has open.</summary>
    /// <exception cref="LinuxException"><see cref="Errno.EINVAL"/>: no direct access; <see cref="Errno.EBUSY"/>: it is mounted.</exception>
    public static DirectStorage Open(string path)
    {
        int sector;
        using (BlockDevice device = BlockDevice.Open(path))
        {
            sector = device.SectorSize();
        }

        SafeFileHandle handle = Descriptors.OpenDirect(path, OpenFlags.ReadWrite | OpenFlags.Exclusive);
        try
        {
            return new DirectStorage(handle, path, sector);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            (long first, int skip, int count) = Cover(offset, buffer.Length);
            int read = Math.Min(Fill(first, count) - skip, buffer.Length);
            if (read <= 0)
            {
                throw new EndOfStreamException($"{_path}: ends at {offset}, {buffer.Length} bytes more wanted");
            }

            Buffer.Slice(skip, read).CopyTo(buffer);
            buffer = buffer[read..];
            offset += read;
        }
    }

    /// <inheritdoc/>
    public void Write(long offset, ReadOnlySpan<byte> data)
    {
        while (data.Length > 0)
        {
            (long first, int skip, int count) = Cover(offset, data.Length);
            int length = Math.Min(count - skip, data.Length);
            if (length != count && Fill(first, count) != count)
            {
                throw new EndOfStreamException($"{_path}: {data.Length} bytes at {offset} do not fit, it has {Length}");
            }

            data[..length].CopyTo(Buffer[skip..]);
            RandomAccess.Write(_device, Buffer[..count], first);
            data = data[length..];
            offset += length;
        }
    }

    /// <inheritdoc/>
    public void Flush() => RandomAccess.FlushToDisk(_device);

    /// <inheritdoc/>
    public void DropCache()
    {
        // Nothing is kept.
    }

    /// <inheritdoc/>
    public void Dispose() => _device.Dispose();

    // The whole sectors around a range, one request at most, and how far into them the range begins.
    private (long First, int Skip, int Count) Cover(long offset, int length)
    {
        int skip = (int)(offset % _sector);
        int count = (int)Math.Min(Piece, skip + (long)length);
        return (offset - skip, skip, (count + _sector - 1) / _sector * _sector);
    }

    private int Fill(long offset, int count)
    {
        int filled = 0;
        while (filled < count)
        {
            int read = RandomAccess.Read(_device, Buffer[filled..count], offset + filled);
            if (read == 0)
            {
                break;
            }

            filled += read;
        }

        return filled;
    }
}
