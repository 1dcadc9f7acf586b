using Talos.Boards;

namespace Talos.Imager.Build;

/// <summary>Finds a board's descriptor in the repository.</summary>
internal static class BoardFolder
{
    /// <summary>Reads <c>boards/&lt;name&gt;/board.yaml</c>.</summary>
    /// <exception cref="ImagerException">There is none, or it cannot be used.</exception>
    public static (Board Board, string File) Read(string repository, string name)
    {
        string folder = Path.Combine(repository, "boards");
        string file = Path.Combine(folder, name, "board.yaml");
        if (!File.Exists(file))
        {
            string[] known = Directory.Exists(folder)
                ? [.. Directory.GetDirectories(folder).Where(d => File.Exists(Path.Combine(d, "board.yaml"))).Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal)]
                : [];
            throw new ImagerException($"board {name}: {file} does not exist; known boards are {string.Join(", ", known)}");
        }

        try
        {
            Board board = BoardReader.Read(File.ReadAllText(file), file);
            return board.Name == name
                ? (board, file)
                : throw new ImagerException($"{file}: name: \"{board.Name}\" is not the name of its folder");
        }
        catch (BoardException e)
        {
            throw new ImagerException(e.Message, e);
        }
    }
}
