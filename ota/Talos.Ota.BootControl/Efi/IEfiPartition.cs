namespace Talos.Ota.BootControl.Efi;

/// <summary>The EFI partition; mounted only while its folder is open.</summary>
public interface IEfiPartition
{
    /// <summary>Opens the folder of boot files. While it is open for writing it can be opened for reading too.</summary>
    IEfiFolder Open(bool writable);
}

/// <summary>The folder of boot files. Disposing unmounts.</summary>
public interface IEfiFolder : IDisposable
{
    /// <summary>Names in it.</summary>
    IReadOnlyList<string> Names();

    /// <summary>Renames; on the medium when it returns. A cut may leave both names.</summary>
    void Rename(string from, string to);

    /// <summary>Deletes; on the medium when it returns.</summary>
    void Delete(string name);

    /// <summary>Opens an existing file for reading. Closed before the folder.</summary>
    ISlotStorage OpenFile(string name);

    /// <summary>Opens a file for writing and gives it this length; what it held before that stays. Closed before the folder.</summary>
    ISlotStorage CreateFile(string name, long length);
}
