namespace Talos.Imager.Reports;

/// <summary>What one component costs.</summary>
/// <param name="Name">The component.</param>
/// <param name="Files">How many files it has in the root.</param>
/// <param name="Bytes">Their length.</param>
/// <param name="Packed">Its share of the packed root; an estimate, for blocks are packed alone.</param>
internal sealed record ComponentSize(string Name, int Files, long Bytes, long Packed);
