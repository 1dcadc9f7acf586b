namespace Talos.Config;

/// <summary>What reading a machine config gave: the configuration, or what is wrong with it.</summary>
/// <param name="Configuration">The configuration; null when there are problems.</param>
/// <param name="Problems">Everything that was found wrong; empty when it is valid.</param>
public sealed record ConfigReading(MachineConfiguration? Configuration, IReadOnlyList<ConfigProblem> Problems);
