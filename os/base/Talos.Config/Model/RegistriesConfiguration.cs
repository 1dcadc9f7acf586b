namespace Talos.Config;

/// <summary>Container registries.</summary>
public sealed record RegistriesConfiguration
{
    /// <summary>Mirrors by registry host; <c>*</c> is every other.</summary>
    public IReadOnlyDictionary<string, RegistryMirror> Mirrors { get; init; } = new Dictionary<string, RegistryMirror>();

    /// <summary>Credentials and TLS by registry host.</summary>
    public IReadOnlyDictionary<string, RegistryAccess> Access { get; init; } = new Dictionary<string, RegistryAccess>();
}
