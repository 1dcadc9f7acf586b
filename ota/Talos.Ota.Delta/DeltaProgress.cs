namespace Talos.Ota.Delta;

/// <summary>How far the making of a delta is.</summary>
/// <param name="Step">What is done now, such as <c>matching files</c>.</param>
/// <param name="Done">Bytes done of this step.</param>
/// <param name="Total">Bytes of this step.</param>
public readonly record struct DeltaProgress(string Step, long Done, long Total);
