namespace Talos.Secrets.Ports;

/// <summary>Files in a memory file system: they need no sync, and are gone with the power.</summary>
internal sealed class SecretFiles : ISecretFiles
{
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode FolderMode = FileMode | UnixFileMode.UserExecute;

    public void Write(string path, byte[] content)
    {
        if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(content))
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!, FolderMode);
        string next = path + ".next";
        File.Delete(next);
        FileStreamOptions options = new() { Mode = System.IO.FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = FileMode };
        using (FileStream file = new(next, options))
        {
            file.Write(content);
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
