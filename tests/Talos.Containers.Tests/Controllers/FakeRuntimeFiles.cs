using Talos.Containers.Ports;

namespace Talos.Containers.Tests.Controllers;

internal sealed class FakeRuntimeFiles : IRuntimeFiles
{
    public Dictionary<string, string> Written { get; } = [];

    public List<string> Present { get; } = [ContainerPaths.Executable];

    public List<string> ImageArchives { get; } = [];

    public bool HasSysResource { get; set; } = true;

    public string? Version { get; set; }

    public string? Read(string path) => path == ContainerPaths.VersionFile ? Version : null;

    public bool Exists(string path) => Present.Contains(path);

    public void Write(string path, string content) => Written[path] = content;

    public void KeepOnly(string folder, IReadOnlyCollection<string> relativePaths)
    {
        foreach (string path in Written.Keys.Where(p => p.StartsWith(folder + "/", StringComparison.Ordinal)).ToArray())
        {
            if (!relativePaths.Contains(path[(folder.Length + 1)..]))
            {
                Written.Remove(path);
            }
        }
    }

    public IReadOnlyList<string> Archives() => ImageArchives;
}
