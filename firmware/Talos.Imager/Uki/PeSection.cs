namespace Talos.Imager.Uki;

/// <summary>One entry of a section table.</summary>
/// <param name="Name">At most 8 ASCII characters.</param>
/// <param name="VirtualSize">Length of the content.</param>
/// <param name="VirtualAddress">Where it is loaded, from the image's base.</param>
/// <param name="FileSize">Length in the file, padded.</param>
/// <param name="FileOffset">Where it starts in the file.</param>
internal sealed record PeSection(string Name, uint VirtualSize, uint VirtualAddress, uint FileSize, uint FileOffset);
