namespace Talos.Ota.Engine;

/// <summary>An update that cannot be done on this node as it is now.</summary>
public sealed class UpdateException(string message, Exception? inner = null) : Exception(message, inner);
