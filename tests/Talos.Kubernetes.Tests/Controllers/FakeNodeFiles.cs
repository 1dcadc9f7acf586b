using Talos.Kubernetes.Ports;

namespace Talos.Kubernetes.Tests.Controllers;

internal sealed class FakeNodeFiles : INodeFiles
{
    public Dictionary<string, string> Written { get; } = [];

    public HashSet<string> Mounted { get; } = [KubernetesPaths.Folder, KubernetesPaths.NetworkFolder];

    public HashSet<string> Present { get; } = [KubernetesPaths.IpTables];

    public bool Exists(string path) => Present.Contains(path) || Written.ContainsKey(path);

    public bool IsMounted(string path) => Mounted.Contains(path);

    public string? Read(string path) => Written.GetValueOrDefault(path);

    public void Write(string path, string content) => Written[path] = content;

    public void MakeFolder(string path) => Present.Add(path);

    public void KeepOnly(string folder, string prefix, IReadOnlyCollection<string> names)
    {
        foreach (string path in Written.Keys.Where(p => p.StartsWith($"{folder}/{prefix}", StringComparison.Ordinal)).ToArray())
        {
            if (!names.Contains(path[(folder.Length + 1)..]))
            {
                Written.Remove(path);
            }
        }
    }
}
