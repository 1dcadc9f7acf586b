namespace Talos.Config;

/// <summary>Where images of a registry are pulled from.</summary>
/// <param name="Endpoints">Addresses in order of preference.</param>
/// <param name="OverridePath">True: an endpoint's path is used as it is, without <c>/v2</c>.</param>
/// <param name="SkipFallback">True: the registry itself is not tried.</param>
public sealed record RegistryMirror(IReadOnlyList<Uri> Endpoints, bool OverridePath, bool SkipFallback);
