using Talos.Linux;

namespace Talos.Secrets.Ports;

/// <summary>Files in a memory file system: they need no sync, and are gone with the power.</summary>
internal sealed class SecretFiles : ISecretFiles
{
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>A daemon finds its file by name; nobody else sees which there are.</summary>
    private const UnixFileMode FolderMode = FileMode | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public void Write(string path, byte[] content, int user)
    {
        if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(content))
        {
            return;
        }

        string folder = Path.GetDirectoryName(path)!;
        Files.CreateDirectory(Path.GetDirectoryName(folder)!, FolderMode);
        Files.CreateDirectory(folder, FolderMode);
        string next = path + ".next";
        File.Delete(next);
        FileStreamOptions options = new() { Mode = System.IO.FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = FileMode };
        using (FileStream file = new(next, options))
        {
            file.Write(content);
        }

        if (user != 0)
        {
            Files.ChangeOwner(next, (uint)user, (uint)user);
        }

        File.Move(next, path, overwrite: true);
    }

    public void Remove(string path)
    {
        if (File.Exists(path))
        {
            File.Delete(path);
        }
    }
}
