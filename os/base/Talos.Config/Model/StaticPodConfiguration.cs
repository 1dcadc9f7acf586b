namespace Talos.Config;

/// <summary>A static pod.</summary>
/// <param name="Name">Name of the document, or <c>metadata.name</c>.</param>
/// <param name="Namespace"><c>metadata.namespace</c>; <c>default</c> when not set.</param>
/// <param name="Json">The whole Pod object as JSON.</param>
public sealed record StaticPodConfiguration(string Name, string Namespace, string Json);
