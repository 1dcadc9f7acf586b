namespace Talos.Ota.Bundle;

/// <summary>One payload of a bundle.</summary>
public sealed record PayloadInfo
{
    /// <summary>The part of the slot it is for.</summary>
    public required BundlePart Part { get; init; }

    /// <summary>Whether it is the part itself or a delta to it.</summary>
    public required PayloadKind Kind { get; init; }

    /// <summary>Its bytes as they are when unpacked.</summary>
    public required ContentId Content { get; init; }

    /// <summary>Bytes it takes in the bundle.</summary>
    public required long StoredSize { get; init; }

    /// <summary>Unpacked bytes of every chunk but the last: a power of two.</summary>
    public required int ChunkSize { get; init; }

    /// <summary>SHA-256 of its part of the chunk index, in lower-case hexadecimal digits.</summary>
    public required string IndexSha256 { get; init; }

    /// <summary>Root: the root hash of the hash tree, as it is on the kernel command line; else null.</summary>
    public string? RootHash { get; init; }

    /// <summary>Delta: what it starts from; else null.</summary>
    public ContentId? Base { get; init; }

    /// <summary>Delta: what it makes; else null.</summary>
    public ContentId? Result { get; init; }

    /// <summary>Chunks; the last may be shorter.</summary>
    public int ChunkCount => (int)((Content.Size + ChunkSize - 1) / ChunkSize);

    /// <summary>What the slot's part holds in the end.</summary>
    public ContentId Target => Result ?? Content;

    /// <summary>Unpacked bytes of a chunk.</summary>
    public int LengthOf(int chunk)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)chunk, (uint)ChunkCount);
        return (int)Math.Min(ChunkSize, Content.Size - ((long)chunk * ChunkSize));
    }

    /// <summary>The payload for people, such as <c>root full</c>.</summary>
    public override string ToString() => $"{NameOf(Part)} {NameOf(Kind)}";

    /// <summary>The part as the manifest writes it.</summary>
    public static string NameOf(BundlePart part) => part is BundlePart.Boot ? "boot" : "root";

    /// <summary>The kind as the manifest writes it.</summary>
    public static string NameOf(PayloadKind kind) => kind is PayloadKind.Delta ? "delta" : "full";
}
