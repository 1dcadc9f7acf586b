using System.Text;

namespace Talos.Kernel;

/// <summary>The arguments of the kernel, in order; a name may come several times.</summary>
/// <remarks>Source: Linux, Documentation/admin-guide/kernel-parameters.rst: blanks part, double quotes protect them.</remarks>
public sealed class KernelCommandLine
{
    private readonly List<KeyValuePair<string, string?>> _arguments;

    private KernelCommandLine(List<KeyValuePair<string, string?>> arguments) => _arguments = arguments;

    /// <summary>Name and value; the value is null where there is no equals sign.</summary>
    public IReadOnlyList<KeyValuePair<string, string?>> Arguments => _arguments;

    /// <summary>Reads a command line.</summary>
    public static KernelCommandLine Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<KeyValuePair<string, string?>> arguments = [];
        foreach (string word in Words(text))
        {
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            arguments.Add(equals < 0 ? new(word, null) : new(word[..equals], word[(equals + 1)..]));
        }

        return new KernelCommandLine(arguments);
    }

    /// <summary>The last value of a name; null when it is absent or has none.</summary>
    public string? Value(string name) => _arguments.LastOrDefault(a => a.Key == name).Value;

    /// <summary>All values of a name, in order.</summary>
    public IReadOnlyList<string> Values(string name) => [.. _arguments.Where(a => a.Key == name).Select(a => a.Value ?? "")];

    /// <summary>Whether the name is there, with or without a value.</summary>
    public bool Has(string name) => _arguments.Any(a => a.Key == name);

    private static List<string> Words(string text)
    {
        List<string> words = [];
        StringBuilder word = new();
        bool quoted = false;
        foreach (char c in text)
        {
            if (c == '"')
            {
                quoted = !quoted;
            }
            else if (!quoted && char.IsWhiteSpace(c))
            {
                Take();
            }
            else
            {
                word.Append(c);
            }
        }

        Take();
        return words;

        void Take()
        {
            if (word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }
        }
    }
}
