namespace Talos.Config;

/// <summary>What is wrong with a machine config, and where.</summary>
/// <param name="Path">The field, such as <c>machine.network.interfaces[0].mtu</c>; the document's kind stands before a slash for others than v1alpha1. Empty for the whole text.</param>
/// <param name="Line">Line in the text, from 1; 0 when unknown.</param>
/// <param name="Message">What is wrong, with the value and what would be right.</param>
public sealed record ConfigProblem(string Path, int Line, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => (Path.Length, Line) switch
    {
        (0, 0) => Message,
        (0, _) => $"line {Line}: {Message}",
        (_, 0) => $"{Path}: {Message}",
        _ => $"{Path}, line {Line}: {Message}",
    };
}
