using System.Globalization;
using System.Text;
using Talos.Imager.Uki;

namespace Talos.Imager.Inspect;

/// <summary>What a UKI says about itself.</summary>
/// <param name="Sections">Name and length of every section.</param>
/// <param name="Texts">Name and content of the sections that are text.</param>
/// <param name="Arguments">The kernel command line, split.</param>
internal sealed record UkiReport(IReadOnlyList<(string Name, uint Length)> Sections, IReadOnlyList<(string Name, string Text)> Texts, IReadOnlyList<string> Arguments)
{
    private const string CommandLineSection = ".cmdline";
    private static readonly string[] TextSections = [".osrel", ".uname", CommandLineSection];

    /// <summary>Reads a UKI.</summary>
    /// <exception cref="ImagerException">Not a PE image, or it has no command line.</exception>
    public static UkiReport Read(string name, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            PeImage image = PeImage.Parse(bytes);
            List<(string Name, string Text)> texts = [];
            foreach (string section in TextSections)
            {
                if (image.Content(section) is { } content)
                {
                    texts.Add((section, Encoding.UTF8.GetString(content.Span).TrimEnd('\0', '\n')));
                }
            }

            string line = texts.FirstOrDefault(t => t.Name == CommandLineSection).Text ?? throw new ImagerException($"{name}: no section {CommandLineSection}: not a UKI");
            return new UkiReport([.. image.Sections.Select(s => (s.Name, s.VirtualSize))], texts, line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        }
        catch (InvalidDataException e)
        {
            throw new ImagerException($"{name}: {e.Message}", e);
        }
    }

    /// <summary>Value of <c>key=value</c> on the command line; null when it is not there.</summary>
    public string? Argument(string key) =>
        Arguments.LastOrDefault(a => a.StartsWith(key + "=", StringComparison.Ordinal))?[(key.Length + 1)..];

    /// <summary>As lines for people.</summary>
    public string ToText(string name)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{name}\n");
        foreach ((string section, uint length) in Sections)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {section,-10}{length,12}\n");
        }

        foreach ((string section, string content) in Texts)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {section}: {content.ReplaceLineEndings("\n    ")}\n");
        }

        return text.ToString();
    }
}
