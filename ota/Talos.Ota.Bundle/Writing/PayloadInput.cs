namespace Talos.Ota.Bundle;

/// <summary>A payload to be written.</summary>
/// <param name="Part">The part of the slot it is for.</param>
/// <param name="Content">Its bytes, read from the current position to the end.</param>
public sealed record PayloadInput(BundlePart Part, Stream Content)
{
    /// <summary>Root: the root hash of the hash tree; else null.</summary>
    public string? RootHash { get; init; }

    /// <summary>Delta: what it starts from; null makes it a full payload.</summary>
    public ContentId? Base { get; init; }

    /// <summary>Delta: what it makes; given together with <see cref="Base"/>.</summary>
    public ContentId? Result { get; init; }
}
