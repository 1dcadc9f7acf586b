namespace Talos.Stage1;

/// <summary>The slot cannot be booted; the message is for the person at the console.</summary>
internal sealed class BootException(string message, Exception? inner = null) : Exception(message, inner);
