namespace Talos.Boards;

/// <summary>The known boards; no two claim the same name or the same hardware.</summary>
public sealed class BoardCatalog
{
    private readonly List<Board> _boards = [];

    /// <summary>The boards, in the order they were added.</summary>
    public IReadOnlyList<Board> Boards => _boards;

    /// <summary>Adds a board.</summary>
    /// <param name="board">The board.</param>
    /// <param name="file">Where it came from, for the error.</param>
    /// <exception cref="BoardException">Another board has its name or one of its marks.</exception>
    public void Add(Board board, string file)
    {
        ArgumentNullException.ThrowIfNull(board);

        foreach (Board other in _boards)
        {
            if (other.Name == board.Name)
            {
                throw new BoardException(file, null, "name", $"{board.Name} is taken by another board");
            }

            if (other.Compatible.FirstOrDefault(board.Compatible.Contains) is { } shared)
            {
                throw new BoardException(file, null, "compatible", $"{shared} also belongs to {other.Name}");
            }

            if (board.Smbios is not null && board.Smbios == other.Smbios)
            {
                throw new BoardException(file, null, "smbios", $"also belongs to {other.Name}");
            }
        }

        _boards.Add(board);
    }

    /// <summary>Finds the board of a machine: by name, by the most specific device tree entry, by SMBIOS.</summary>
    /// <returns>Null when no board matches; a name on the command line that is unknown falls through to the other marks.</returns>
    public Board? Match(BoardIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);

        return _boards.Find(b => b.Name == identity.CommandLineName)
            ?? identity.Compatible.Select(entry => _boards.Find(b => b.Compatible.Contains(entry))).FirstOrDefault(b => b is not null)
            ?? _boards.Find(b => b.Smbios is not null && b.Smbios == identity.Smbios);
    }
}
