namespace Talos.Block;

/// <summary>A volume cannot be made or used, with the reason.</summary>
public sealed class VolumeException(string message, Exception? inner = null) : IOException(message, inner);
