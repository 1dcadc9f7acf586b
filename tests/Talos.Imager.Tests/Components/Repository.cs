namespace Talos.Imager.Tests.Components;

internal static class Repository
{
    /// <summary>The folder with Talos.sln, above the test's own.</summary>
    public static string Folder { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string folder) => File.Exists(Path.Combine(folder, "Talos.sln"))
        ? folder
        : Find(Path.GetDirectoryName(folder) ?? throw new FileNotFoundException("Talos.sln"));
}

/// <summary>A folder that is removed at the end of a test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("talos-test-").FullName;

    public string Write(string name, string text)
    {
        string path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

internal sealed class Lines : IProgress<string>
{
    public List<string> All { get; } = [];

    public void Report(string value) => All.Add(value);
}
