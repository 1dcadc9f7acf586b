namespace Talos.Imager.Debian;

/// <summary>A list that apt fetched.</summary>
/// <param name="File">Its name among apt's lists.</param>
/// <param name="Archive">Base of the archive, with a trailing slash.</param>
/// <param name="Suite">Suite it belongs to.</param>
internal sealed record AptList(string File, string Archive, string Suite);
