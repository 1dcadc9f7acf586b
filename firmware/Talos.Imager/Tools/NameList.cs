namespace Talos.Imager.Tools;

/// <summary>Reads a list file: one entry a line, <c>#</c> begins a comment.</summary>
internal static class NameList
{
    public static IReadOnlyList<string> Parse(string text) =>
    [
        .. text.Split('\n').Select(l => l.Split('#')[0].Trim()).Where(l => l.Length > 0),
    ];
}
