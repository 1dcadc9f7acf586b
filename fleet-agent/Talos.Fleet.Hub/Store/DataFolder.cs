namespace Talos.Fleet.Hub.Store;

/// <summary>Files of the hub: keys, what nodes sent, who did what. All of it is its owner's alone.</summary>
internal static class DataFolder
{
    public const UnixFileMode File = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    public const UnixFileMode Folder = File | UnixFileMode.UserExecute;

    /// <summary>Makes a folder and those above it that are not there.</summary>
    public static string Make(string path) => Directory.CreateDirectory(path, Folder).FullName;

    /// <summary>Makes a new file to write.</summary>
    public static FileStream Create(string path, FileAccess access = FileAccess.Write) =>
        new(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = access, UnixCreateMode = File, Options = FileOptions.Asynchronous });

    /// <summary>Makes an empty file when there is none: SQLite would make it for all to read, and gives its other files the mode of this one.</summary>
    public static void Touch(string path)
    {
        using FileStream file = new(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite | FileShare.Delete, UnixCreateMode = File });
    }

    /// <summary>Takes the rights of others from what is there already. Links are left alone, and so is what they lead to.</summary>
    public static void Tighten(string path)
    {
        Close(path, Folder);
        foreach (string entry in Directory.EnumerateFileSystemEntries(path, "*", new EnumerationOptions { AttributesToSkip = FileAttributes.ReparsePoint }))
        {
            if (Directory.Exists(entry))
            {
                Tighten(entry);
            }
            else
            {
                Close(entry, File);
            }
        }
    }

    private static void Close(string path, UnixFileMode most)
    {
        UnixFileMode mode = System.IO.File.GetUnixFileMode(path);
        if ((mode & ~most) != 0)
        {
            System.IO.File.SetUnixFileMode(path, mode & most);
        }
    }
}
