namespace Talosctl.Cli;

/// <summary>Something a person can act on; its message is the one line they see.</summary>
internal sealed class TalosctlException(string message, Exception? inner = null) : Exception(message, inner);
