namespace Talos.Linux;

/// <summary>The arguments the boot loader gave the kernel.</summary>
/// <remarks>Source: Linux, Documentation/admin-guide/kernel-parameters.rst: parted by spaces, double quotes keep spaces.</remarks>
public sealed class KernelCommandLine
{
    private readonly List<KeyValuePair<string, string?>> _arguments = [];

    private KernelCommandLine() { }

    /// <summary>All arguments in order; the value is null when there is no equals sign.</summary>
    public IReadOnlyList<KeyValuePair<string, string?>> Arguments => _arguments;

    /// <summary>Reads <c>/proc/cmdline</c>.</summary>
    public static KernelCommandLine Read() => Parse(File.ReadAllText("/proc/cmdline"));

    /// <summary>Parses a command line.</summary>
    public static KernelCommandLine Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        KernelCommandLine line = new();
        int start = 0;
        bool quoted = false;
        for (int i = 0; i <= text.Length; i++)
        {
            if (i == text.Length || (!quoted && char.IsWhiteSpace(text[i])))
            {
                line.Add(text[start..i]);
                start = i + 1;
            }
            else if (text[i] == '"')
            {
                quoted = !quoted;
            }
        }

        return line;
    }

    /// <summary>The last value of an argument; empty when it is given without a value, null when it is not given.</summary>
    public string? Find(string key)
    {
        int index = _arguments.FindLastIndex(a => a.Key == key);
        return index < 0 ? null : _arguments[index].Value ?? "";
    }

    /// <summary>All values of an argument in order.</summary>
    public IEnumerable<string> FindAll(string key) => _arguments.Where(a => a.Key == key).Select(a => a.Value ?? "");

    private void Add(string word)
    {
        if (word.Length == 0)
        {
            return;
        }

        string bare = word.Replace("\"", "", StringComparison.Ordinal);
        int equals = bare.IndexOf('=', StringComparison.Ordinal);
        _arguments.Add(equals < 0 ? new(bare, null) : new(bare[..equals], bare[(equals + 1)..]));
    }
}
