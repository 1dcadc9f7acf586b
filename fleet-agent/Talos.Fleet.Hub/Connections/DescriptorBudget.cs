using System.Globalization;

namespace Talos.Fleet.Hub.Connections;

/// <summary>How many connections each port may have: all of them are descriptors of one process, and so are the database and bundles.</summary>
/// <param name="Broker">Connections of the embedded broker.</param>
/// <param name="Https">Connections of HTTPS and of the port for bundles.</param>
internal sealed record DescriptorBudget(int Broker, int Https)
{
    private const string Limits = "/proc/self/limits";
    private const int Unknown = 1024;

    /// <summary>More than a host of today has memory for.</summary>
    private const int Most = 1 << 20;

    /// <summary>Divides a limit: 60 % for nodes, 25 % for HTTPS, the rest for the database, bundles and what is sent.</summary>
    public static DescriptorBudget Of(int limit) => new(limit * 6 / 10, limit / 4);

    /// <summary>The limit of this process.</summary>
    public static int Limit()
    {
        try
        {
            return Read(File.ReadAllText(Limits));
        }
        catch (IOException)
        {
            return Unknown;
        }
    }

    /// <summary>Reads the soft limit from the text of <c>/proc/PID/limits</c>; the runtime has raised it to the hard one.</summary>
    internal static int Read(string text)
    {
        string? line = text.Split('\n').FirstOrDefault(l => l.StartsWith("Max open files", StringComparison.Ordinal));
        string word = line?["Max open files".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault() ?? "";
        return word == "unlimited" ? Most : int.TryParse(word, CultureInfo.InvariantCulture, out int limit) && limit > 0 ? Math.Min(limit, Most) : Unknown;
    }
}
