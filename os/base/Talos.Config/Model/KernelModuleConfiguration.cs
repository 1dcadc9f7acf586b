namespace Talos.Config;

/// <summary>A kernel module to load.</summary>
/// <param name="Name">Name of the module.</param>
/// <param name="Parameters">Parameters, <c>name=value</c> each.</param>
public sealed record KernelModuleConfiguration(string Name, IReadOnlyList<string> Parameters);
