namespace Talos.Ota.Bundle;

/// <summary>A build that was tried on a node and failed; another build of the same version may be tried.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Build">Its build.</param>
/// <param name="Reason">Why, in one sentence.</param>
public sealed record FailedBuild(SemanticVersion Version, string Build, string Reason);
