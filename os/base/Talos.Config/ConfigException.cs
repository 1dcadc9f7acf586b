namespace Talos.Config;

/// <summary>A machine config or patch that is refused.</summary>
public sealed class ConfigException : Exception
{
    /// <summary>Refuses for every problem listed.</summary>
    public ConfigException(IReadOnlyList<ConfigProblem> problems)
        : base(string.Join("\n", problems)) => Problems = problems;

    /// <summary>Refuses for one reason.</summary>
    public ConfigException(string message) : this([new ConfigProblem("", 0, message)]) { }

    /// <summary>Every problem that was found.</summary>
    public IReadOnlyList<ConfigProblem> Problems { get; }
}
