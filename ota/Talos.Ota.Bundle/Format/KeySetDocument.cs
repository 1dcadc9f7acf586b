namespace Talos.Ota.Bundle.Format;

/// <summary>A key set as it is written. See ota/spec/bundle.md, section Key set.</summary>
internal sealed record KeySetDocument
{
    public required DateTimeOffset Issued { get; init; }

    public required IReadOnlyList<byte[]> Anchors { get; init; }

    public required IReadOnlyList<RevokedDocument> Revoked { get; init; }
}

/// <summary>What is revoked: one of both is given.</summary>
internal sealed record RevokedDocument
{
    public string? Serial { get; init; }

    public string? KeyId { get; init; }
}
