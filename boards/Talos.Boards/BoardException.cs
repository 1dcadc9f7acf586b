using System.Globalization;

namespace Talos.Boards;

/// <summary>A descriptor that cannot be used: names file, line, path and problem.</summary>
public sealed class BoardException : Exception
{
    /// <summary>Words the error as <c>file:line: path: problem</c>.</summary>
    /// <param name="file">File the descriptor came from.</param>
    /// <param name="line">Line, from 1; null when the problem has none.</param>
    /// <param name="path">Path of the value (<c>disk.firstPartition</c>); empty for the whole document.</param>
    /// <param name="problem">What is wrong, with value and limit.</param>
    public BoardException(string file, int? line, string path, string problem)
        : base(Word(file, line, path, problem))
    {
        File = file;
        Line = line;
        Path = path;
        Problem = problem;
    }

    /// <summary>File the descriptor came from.</summary>
    public string File { get; }

    /// <summary>Line, from 1; null when the problem has none.</summary>
    public int? Line { get; }

    /// <summary>Path of the value; empty for the whole document.</summary>
    public string Path { get; }

    /// <summary>What is wrong.</summary>
    public string Problem { get; }

    private static string Word(string file, int? line, string path, string problem)
    {
        string place = line is { } number ? $"{file}:{number.ToString(CultureInfo.InvariantCulture)}" : file;
        return path.Length == 0 ? $"{place}: {problem}" : $"{place}: {path}: {problem}";
    }
}
