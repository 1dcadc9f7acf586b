namespace Talos.Config;

/// <summary>A mount as the container runtime specification writes it.</summary>
/// <param name="Destination">Path inside.</param>
/// <param name="Type">Type, such as <c>bind</c>.</param>
/// <param name="Source">Path on the node.</param>
/// <param name="Options">Mount options.</param>
public sealed record MountConfiguration(string Destination, string Type, string Source, IReadOnlyList<string> Options);
