namespace Talos.Ota.BootControl.RpiTryboot;

/// <summary>The file <c>autoboot.txt</c> of the first FAT partition.</summary>
public interface IAutobootFile
{
    /// <summary>All of it.</summary>
    byte[] Read();

    /// <summary>Replaces it by 512 bytes, in place: one sector, on the medium when it returns.</summary>
    void Write(ReadOnlySpan<byte> content);
}
