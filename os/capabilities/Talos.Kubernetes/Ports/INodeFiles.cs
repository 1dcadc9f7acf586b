using Talos.Linux;

namespace Talos.Kubernetes.Ports;

/// <summary>Files of the kubelet and of the pod network on the node.</summary>
internal interface INodeFiles
{
    /// <summary>Whether a file or folder is there.</summary>
    bool Exists(string path);

    /// <summary>Whether something is mounted exactly there: places of the read-only root can be written from then on.</summary>
    bool IsMounted(string path);

    /// <summary>Contents of a small text file; null when absent.</summary>
    string? Read(string path);

    /// <summary>Writes a file only its owner may read, with its folders; nothing happens when it has this content.</summary>
    void Write(string path, string content);

    /// <summary>Makes a folder only its owner may enter.</summary>
    void MakeFolder(string path);

    /// <summary>Removes the files of a folder whose name begins with <paramref name="prefix"/>, but for those named.</summary>
    void KeepOnly(string folder, string prefix, IReadOnlyCollection<string> names);
}

/// <summary>Files below the real root.</summary>
internal sealed class NodeFiles : INodeFiles
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <inheritdoc/>
    public bool Exists(string path) => File.Exists(path) || Directory.Exists(path);

    /// <inheritdoc/>
    public bool IsMounted(string path) => MountInfo.Find(path) is not null;

    /// <inheritdoc/>
    public string? Read(string path) => File.Exists(path) ? File.ReadAllText(path) : null;

    /// <inheritdoc/>
    public void Write(string path, string content)
    {
        if (Read(path) == content)
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Files.WriteAtomically(path, content);
    }

    /// <inheritdoc/>
    public void MakeFolder(string path) => Directory.CreateDirectory(path, OwnerOnly);

    /// <inheritdoc/>
    public void KeepOnly(string folder, string prefix, IReadOnlyCollection<string> names)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        foreach (string path in Directory.GetFiles(folder, prefix + "*"))
        {
            if (!names.Contains(Path.GetFileName(path)))
            {
                File.Delete(path);
            }
        }
    }
}
