namespace Talos.Imager.Tools;

/// <summary>A program of another release than the build machine's, run by the loader and libraries it was made for.</summary>
/// <param name="Program">What is started.</param>
/// <param name="Arguments">What stands before the program's own arguments.</param>
internal sealed record PinnedTool(string Program, IReadOnlyList<string> Arguments)
{
    private const string Libraries = "usr/lib/x86_64-linux-gnu";
    private const string Loader = Libraries + "/ld-linux-x86-64.so.2";

    /// <summary>The build machine's own program of this name.</summary>
    public static PinnedTool OfMachine(string name) => new(name, []);

    /// <summary>Finds a program and its loader in unpacked packages.</summary>
    /// <param name="folders">One a package; libraries are taken from these alone.</param>
    /// <param name="path">Of the program inside its package.</param>
    /// <exception cref="ImagerException">One of them is missing.</exception>
    public static PinnedTool Find(IReadOnlyList<string> folders, string path) => new(
        FileOf(folders, Loader),
        ["--inhibit-cache", "--library-path", string.Join(':', folders.Select(f => Path.Combine(f, Libraries))), FileOf(folders, path)]);

    private static string FileOf(IReadOnlyList<string> folders, string path) =>
        folders.Select(f => Path.Combine(f, path)).FirstOrDefault(File.Exists)
            ?? throw new ImagerException($"{path}: in none of the packages of group image in components.lock");
}
