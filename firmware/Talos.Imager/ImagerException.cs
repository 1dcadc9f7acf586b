namespace Talos.Imager;

/// <summary>The one failure of the imager a user sees: one line with what was tried, on what and why it failed.</summary>
internal class ImagerException(string message, Exception? innerException = null) : Exception(message, innerException);
