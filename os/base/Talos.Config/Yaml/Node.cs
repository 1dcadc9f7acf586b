namespace Talos.Config;

/// <summary>A YAML value with the line it stands on.</summary>
internal abstract class Node(int line)
{
    /// <summary>Line in the text, from 1; 0 for values that were made here.</summary>
    public int Line { get; } = line;

    /// <summary>What the value is, for messages.</summary>
    public abstract string Kind { get; }

    /// <summary>A copy that shares nothing with this one.</summary>
    public abstract Node Clone();
}
