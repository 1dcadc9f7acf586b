namespace Talos.Block;

/// <summary>The values of META; tags are in <see cref="Talos.Disks.Meta.MetaTag"/>.</summary>
/// <remarks>A power cut during a write leaves the old or the new values.</remarks>
public interface IMeta
{
    /// <summary>All values by tag, as they were last read or written.</summary>
    IReadOnlyDictionary<uint, ReadOnlyMemory<byte>> Values { get; }

    /// <summary>Reads the partition again.</summary>
    /// <exception cref="VolumeException">There is no META.</exception>
    void Load();

    /// <summary>The value of a tag; null when it has none.</summary>
    ReadOnlyMemory<byte>? Find(uint tag);

    /// <summary>Sets a value; on the medium when this returns.</summary>
    /// <exception cref="InvalidDataException">Tag 0, or no space.</exception>
    void Write(uint tag, ReadOnlySpan<byte> value);

    /// <summary>Removes a value; on the medium when this returns.</summary>
    /// <returns>False when there was none.</returns>
    bool Delete(uint tag);
}
