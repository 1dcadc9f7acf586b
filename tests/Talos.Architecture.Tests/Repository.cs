using System.Xml.Linq;

namespace Talos.Architecture.Tests;

/// <summary>The work tree, as the tests look at it.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Paths below a folder, relative to the root, without what builds leave behind.</summary>
    public static IEnumerable<string> Files(string folder, string pattern)
    {
        string at = Path.Combine(Root, folder);
        return !Directory.Exists(at)
            ? []
            : Directory.EnumerateFiles(at, pattern, SearchOption.AllDirectories)
                .Select(f => Path.GetRelativePath(Root, f))
                .Where(f => !f.Split('/').Any(part => part is "obj" or "bin" or "node_modules" or "out"))
                .Order(StringComparer.Ordinal);
    }

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    /// <summary>Every project of the product, as path of its folder and the folders it refers to.</summary>
    public static IEnumerable<(string Project, string Target)> Arrows() =>
        from folder in new[] { "firmware", "boards", "os", "ota", "fleet-agent" }
        from file in Files(folder, "*.csproj")
        from reference in XDocument.Load(Path.Combine(Root, file)).Descendants("ProjectReference")
        select (Folder(file), Folder(Path.GetRelativePath(Root, Path.GetFullPath(reference.Attribute("Include")!.Value, Path.Combine(Root, Folder(file))))));

    private static string Folder(string file) => Path.GetDirectoryName(file)!;

    private static string FindRoot()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Talos.sln")))
        {
            at = at.Parent;
        }

        return at?.FullName ?? throw new InvalidOperationException("Talos.sln is in no parent folder of the tests");
    }
}
