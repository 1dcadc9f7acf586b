namespace Talos.Imager.Debian;

/// <summary>One source package as a list of the archive describes it.</summary>
/// <param name="Name">Debian's name.</param>
/// <param name="Version">Debian's version.</param>
/// <param name="Folder">Where its files are downloaded from, with a trailing slash.</param>
/// <param name="Files">File names with their SHA-256.</param>
internal sealed record SourceRecord(string Name, string Version, string Folder, IReadOnlyDictionary<string, string> Files);
