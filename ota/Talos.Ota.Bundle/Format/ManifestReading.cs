using System.Numerics;
using System.Text.Json;

namespace Talos.Ota.Bundle.Format;

/// <summary>Turns stored bytes into a valid manifest and back.</summary>
internal static class ManifestReading
{
    private const int HashDigits = 64;

    public static BundleManifest Read(ReadOnlySpan<byte> stored)
    {
        ManifestDocument document;
        try
        {
            document = JsonSerializer.Deserialize(stored, BundleJson.Default.ManifestDocument)
                ?? throw BundleException.Malformed("manifest: it is null");
        }
        catch (JsonException e)
        {
            throw new BundleException(BundleProblem.Malformed, "bundle: manifest", e);
        }

        return From(document);
    }

    public static byte[] Write(BundleManifest manifest)
    {
        byte[] stored = JsonSerializer.SerializeToUtf8Bytes(ToDocument(manifest), BundleJson.Default.ManifestDocument);
        Read(stored);
        return stored.Length <= BundleLimits.Manifest
            ? stored
            : throw BundleException.Malformed($"manifest: {stored.Length} bytes are more than {BundleLimits.Manifest}");
    }

    private static BundleManifest From(ManifestDocument document)
    {
        Count(document.Boards.Count, 1, BundleLimits.Boards, "boards");
        Count(document.Payloads.Count, 1, BundleLimits.Payloads, "payloads");
        Count(document.Notes?.Length ?? 0, 0, BundleLimits.Notes, "characters of notes");
        foreach (string? board in document.Boards)
        {
            Text(board ?? "", "boards");
        }

        BundleManifest manifest = new()
        {
            Version = Version(document.Version, "version"),
            Build = Text(document.Build, "build"),
            Architecture = Text(document.Architecture, "architecture"),
            Boards = document.Boards,
            MinimumVersion = document.MinimumVersion is { } minimum ? Version(minimum, "minimumVersion") : null,
            Floor = document.Floor is { } floor ? Version(floor, "floor") : null,
            Issued = document.Issued,
            Expires = document.Expires,
            Notes = document.Notes ?? "",
            KeySetSha256 = document.KeySet is { } keySet ? Hash(keySet, "keySet") : null,
            Payloads = [.. document.Payloads.Select((p, i) => From(p, $"payloads[{i}]"))],
        };
        Count(manifest.Payloads.Sum(p => (long)p.ChunkCount), 1, BundleLimits.Chunks, "chunks");
        if (manifest.Floor is { } own && manifest.Version < own)
        {
            throw BundleException.Malformed($"manifest: floor {own} is above its own version {manifest.Version}");
        }

        if (manifest.Payloads.Select(p => (p.Part, p.Base?.Sha256)).Distinct().Count() != manifest.Payloads.Count)
        {
            throw BundleException.Malformed("manifest: two payloads for the same part with the same base");
        }

        return manifest;
    }

    private static PayloadInfo From(PayloadDocument? document, string where)
    {
        if (document is null)
        {
            throw BundleException.Malformed($"manifest: {where} is null");
        }

        PayloadInfo payload = new()
        {
            Part = document.Part switch
            {
                "root" => BundlePart.Root,
                "boot" => BundlePart.Boot,
                _ => throw BundleException.Malformed($"manifest: {where}.part is neither root nor boot"),
            },
            Kind = document.Kind switch
            {
                "full" => PayloadKind.Full,
                "delta" => PayloadKind.Delta,
                _ => throw BundleException.Malformed($"manifest: {where}.kind is neither full nor delta"),
            },
            Content = new ContentId(Hash(document.Sha256, $"{where}.sha256"), Size(document.Size, $"{where}.size")),
            StoredSize = Size(document.StoredSize, $"{where}.storedSize"),
            ChunkSize = document.ChunkSize,
            IndexSha256 = Hash(document.Index, $"{where}.index"),
            RootHash = document.RootHash is { } root ? Hash(root, $"{where}.rootHash") : null,
            Base = From(document.Base, $"{where}.base"),
            Result = From(document.Result, $"{where}.result"),
        };

        if (payload.ChunkSize is < BundleLimits.MinimumChunkSize or > BundleLimits.MaximumChunkSize || !BitOperations.IsPow2(payload.ChunkSize))
        {
            throw BundleException.Malformed($"manifest: {where}.chunkSize {payload.ChunkSize} is not a power of two from {BundleLimits.MinimumChunkSize} to {BundleLimits.MaximumChunkSize}");
        }

        Count((payload.Content.Size - 1) / payload.ChunkSize + 1, 1, BundleLimits.Chunks, $"chunks of {where}");
        if (payload.StoredSize > payload.Content.Size)
        {
            throw BundleException.Malformed($"manifest: {where}.storedSize {payload.StoredSize} is more than its size {payload.Content.Size}");
        }

        bool isDelta = payload.Kind is PayloadKind.Delta;
        if (isDelta != (payload.Base is not null) || isDelta != (payload.Result is not null))
        {
            throw BundleException.Malformed($"manifest: {where}: base and result belong to a delta, and it needs both");
        }

        return payload;
    }

    private static ContentId? From(ContentDocument? document, string where) =>
        document is null ? null : new ContentId(Hash(document.Sha256, $"{where}.sha256"), Size(document.Size, $"{where}.size"));

    private static ManifestDocument ToDocument(BundleManifest manifest) => new()
    {
        Version = manifest.Version.ToString(),
        Build = manifest.Build,
        Architecture = manifest.Architecture,
        Boards = manifest.Boards,
        MinimumVersion = manifest.MinimumVersion?.ToString(),
        Floor = manifest.Floor?.ToString(),
        Issued = manifest.Issued,
        Expires = manifest.Expires,
        Notes = manifest.Notes.Length > 0 ? manifest.Notes : null,
        KeySet = manifest.KeySetSha256,
        Payloads = [.. manifest.Payloads.Select(ToDocument)],
    };

    private static PayloadDocument ToDocument(PayloadInfo payload) => new()
    {
        Part = PayloadInfo.NameOf(payload.Part),
        Kind = PayloadInfo.NameOf(payload.Kind),
        Size = payload.Content.Size,
        Sha256 = payload.Content.Sha256,
        StoredSize = payload.StoredSize,
        ChunkSize = payload.ChunkSize,
        Index = payload.IndexSha256,
        RootHash = payload.RootHash,
        Base = ToDocument(payload.Base),
        Result = ToDocument(payload.Result),
    };

    private static ContentDocument? ToDocument(ContentId? content) =>
        content is null ? null : new ContentDocument { Sha256 = content.Sha256, Size = content.Size };

    private static SemanticVersion Version(string text, string where) =>
        SemanticVersion.TryParse(text, out SemanticVersion? version) ? version : throw BundleException.Malformed($"manifest: {where} is not a version such as v1.2.3");

    private static string Text(string text, string where) =>
        text.Length is > 0 and <= BundleLimits.Text && !text.Any(char.IsControl)
            ? text
            : throw BundleException.Malformed($"manifest: {where} has {text.Length} characters, 1 to {BundleLimits.Text} printable ones are allowed");

    private static string Hash(string text, string where) =>
        text.Length == HashDigits && text.All(char.IsAsciiHexDigitLower)
            ? text
            : throw BundleException.Malformed($"manifest: {where} is not a SHA-256 in {HashDigits} lower-case hexadecimal digits");

    private static long Size(long size, string where) =>
        size > 0 ? size : throw BundleException.Malformed($"manifest: {where} is {size}, at least 1 byte is wanted");

    private static void Count(long count, long minimum, long maximum, string what)
    {
        if (count < minimum || count > maximum)
        {
            throw BundleException.Malformed($"manifest: {count} {what}, {minimum} to {maximum} are allowed");
        }
    }
}
