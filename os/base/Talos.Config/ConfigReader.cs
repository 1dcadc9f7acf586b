using System.Runtime.CompilerServices;
using System.Text;

namespace Talos.Config;

/// <summary>Reads machine configs. Whatever the bytes are, the answer is a valid configuration or a list of problems.</summary>
public static class ConfigReader
{
    /// <summary>Greatest size of a config: 4 MiB.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    private static readonly ConditionalWeakTable<string, MachineConfiguration> Cache = [];

    /// <summary>Reads a config as it came over the wire or from a disk.</summary>
    public static ConfigReading Read(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxBytes)
        {
            return Refuse(0, $"{utf8.Length} bytes are more than {MaxBytes}");
        }

        ReadOnlySpan<byte> text = utf8.StartsWith(Encoding.UTF8.Preamble) ? utf8[Encoding.UTF8.Preamble.Length..] : utf8;
        int bad = FirstBadByte(text);
        if (bad >= 0)
        {
            return Refuse(text[..bad].Count((byte)'\n') + 1, $"not valid UTF-8 at byte {bad}");
        }

        return Read(Encoding.UTF8.GetString(text));
    }

    /// <summary>Reads a config from text.</summary>
    public static ConfigReading Read(string yaml)
    {
        if (yaml.Length > MaxBytes)
        {
            return Refuse(0, $"{yaml.Length} characters are more than {MaxBytes}");
        }

        List<ConfigProblem> problems = [];
        IReadOnlyList<Node> nodes = NodeLoader.Load(yaml, problems);
        if (problems.Count == 0 && nodes.Count == 0)
        {
            problems.Add(new ConfigProblem("", 0, "the config is empty"));
        }

        List<string> warnings = [];
        DocumentSet documents = DocumentSet.Check(nodes, problems, warnings);
        if (problems.Count > 0)
        {
            return new ConfigReading(null, problems);
        }

        MachineConfiguration configuration = new ModelReader(documents, problems, warnings).Read(yaml);
        return problems.Count == 0 ? new ConfigReading(configuration, []) : new ConfigReading(null, problems);
    }

    /// <summary>Reads a config that is known to be valid.</summary>
    /// <exception cref="ConfigException">It is not.</exception>
    public static MachineConfiguration Parse(string yaml)
    {
        ConfigReading reading = Read(yaml);
        return reading.Configuration ?? throw new ConfigException(reading.Problems);
    }

    /// <summary>As <see cref="Parse"/>, remembered for as long as this very string lives: for controllers, which see it often.</summary>
    /// <exception cref="ConfigException">It is not valid.</exception>
    public static MachineConfiguration Parsed(string yaml) => Cache.GetValue(yaml, Parse);

    private static ConfigReading Refuse(int line, string message) => new(null, [new ConfigProblem("", line, message)]);

    private static int FirstBadByte(ReadOnlySpan<byte> text)
    {
        int at = 0;
        while (at < text.Length)
        {
            if (Rune.DecodeFromUtf8(text[at..], out _, out int consumed) is not System.Buffers.OperationStatus.Done)
            {
                return at;
            }

            at += consumed;
        }

        return -1;
    }
}
