using Talos.Config;

namespace Talos.Machined.Configuration;

/// <summary>Keeps the current config and the last good one before it, so that one of them is whole at any moment.</summary>
internal sealed class ConfigStore(IConfigFile files)
{
    /// <summary>The current config.</summary>
    public const string CurrentName = "config.yaml";

    /// <summary>The one before it.</summary>
    public const string PreviousName = "config.previous.yaml";

    /// <summary>Reads the current config, or the one before when that cannot be used; says what was wrong.</summary>
    public StoredConfig Load()
    {
        List<string> problems = [];
        if (Read(CurrentName, problems) is MachineConfiguration current)
        {
            return new StoredConfig(current, ConfigSource.Current, problems);
        }

        MachineConfiguration? previous = Read(PreviousName, problems);
        return new StoredConfig(previous, previous is not null ? ConfigSource.LastGood : problems.Count > 0 ? ConfigSource.Damaged : ConfigSource.None, problems);
    }

    /// <summary>Writes a config. The current one, when it is good, is kept as the one before first.</summary>
    public void Save(string yaml)
    {
        byte[]? current = files.Read(CurrentName);
        byte[] wrapped = ConfigEnvelope.Wrap(yaml);
        if (current is not null && current.AsSpan().SequenceEqual(wrapped))
        {
            return;
        }

        if (current is not null && Read(CurrentName, []) is not null)
        {
            files.Write(PreviousName, current);
        }

        files.Write(CurrentName, wrapped);
    }

    private MachineConfiguration? Read(string name, List<string> problems)
    {
        byte[]? stored;
        try
        {
            stored = files.Read(name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add($"{name}: {e.Message}");
            return null;
        }

        if (stored is null)
        {
            return null;
        }

        if (!ConfigEnvelope.TryUnwrap(stored, out ReadOnlySpan<byte> text, out string problem))
        {
            problems.Add($"{name}: {problem}");
            return null;
        }

        ConfigReading reading = ConfigReader.Read(text);
        problems.AddRange(reading.Problems.Select(p => $"{name}: {p}"));
        return reading.Configuration;
    }
}

/// <summary>What was found on STATE.</summary>
/// <param name="Configuration">The config; null when there is no good one.</param>
/// <param name="Source">Which of the two it is.</param>
/// <param name="Problems">What was wrong on the way.</param>
internal sealed record StoredConfig(MachineConfiguration? Configuration, ConfigSource Source, IReadOnlyList<string> Problems);
