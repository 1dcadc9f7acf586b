namespace Talos.Ota.BootControl.UBootEnv;

/// <summary>The copies of the U-Boot environment on the disk.</summary>
public interface IEnvironmentCopies
{
    /// <summary>How many there are: 1 or 2.</summary>
    int Count { get; }

    /// <summary>All bytes of a copy.</summary>
    byte[] Read(int copy);

    /// <summary>Replaces a copy; on the medium when it returns. A power cut leaves it damaged.</summary>
    void Write(int copy, ReadOnlySpan<byte> content);
}
