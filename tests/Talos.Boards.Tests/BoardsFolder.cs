namespace Talos.Boards.Tests;

/// <summary>The folder <c>boards</c> of this repository.</summary>
internal static class BoardsFolder
{
    public static string Path { get; } = Find();

    public static IEnumerable<string> Descriptors => Directory.EnumerateFiles(Path, "board.yaml", SearchOption.AllDirectories);

    private static string Find()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder, "Talos.sln")))
        {
            folder = System.IO.Path.GetDirectoryName(folder);
        }

        return System.IO.Path.Combine(folder ?? throw new DirectoryNotFoundException("Talos.sln is in no parent folder"), "boards");
    }
}
