namespace Talos.Ota.BootControl;

/// <summary>Bytes of a slot, on a partition or in a file.</summary>
public interface ISlotStorage : IDisposable
{
    /// <summary>Bytes there are, or may be written.</summary>
    long Length { get; }

    /// <summary>Fills the buffer.</summary>
    /// <exception cref="EndOfStreamException">It ends before.</exception>
    void Read(long offset, Span<byte> buffer);

    /// <summary>Writes; on the medium only after <see cref="Flush"/>. Only a few megabytes wait in memory.</summary>
    void Write(long offset, ReadOnlySpan<byte> data);

    /// <summary>Waits until everything that was written is on the medium.</summary>
    void Flush();

    /// <summary>Lets go of what is kept in memory, so that the next read comes from the medium; after <see cref="Flush"/>.</summary>
    void DropCache();
}
