namespace Talos.Imager.Components;

/// <summary>A file cannot be had where it was asked for: no answer, another answer, or one that breaks off. What came is not wrong, only absent.</summary>
internal sealed class UnavailableException(string message, Exception? cause = null) : ImagerException(message, cause);
