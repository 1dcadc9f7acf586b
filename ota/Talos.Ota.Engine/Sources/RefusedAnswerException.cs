namespace Talos.Ota.Engine.Sources;

/// <summary>An answer that is no part of the bundle. The first one ends a download; later ones may pass.</summary>
internal sealed class RefusedAnswerException(string message) : IOException(message);
