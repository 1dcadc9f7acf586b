using System.Globalization;
using System.Text.Json.Nodes;
using Talos.Ota.Bundle;
using Talos.Pki;

namespace Talosctl.Commands.Bundles;

/// <summary>A bundle as a tree of names and values.</summary>
internal static class BundleDescription
{
    public static JsonObject Of(BundleReader reader)
    {
        BundleManifest manifest = reader.Manifest;
        JsonObject described = new()
        {
            ["version"] = manifest.Version.ToString(),
            ["build"] = manifest.Build,
            ["id"] = reader.Id,
            ["size"] = reader.Length,
            ["architecture"] = manifest.Architecture,
            ["boards"] = new JsonArray([.. manifest.Boards.Select(b => JsonValue.Create(b))]),
            ["issued"] = Moment(manifest.Issued),
        };
        Add(described, "expires", manifest.Expires is { } expires ? Moment(expires) : null);
        Add(described, "minimumVersion", manifest.MinimumVersion?.ToString());
        Add(described, "floor", manifest.Floor?.ToString());
        Add(described, "keySet", manifest.KeySetSha256);
        Add(described, "notes", manifest.Notes.Length > 0 ? manifest.Notes : null);
        described["signers"] = new JsonArray([.. reader.Signers.Select(Of)]);
        described["payloads"] = new JsonArray([.. manifest.Payloads.Select(Of)]);
        return described;
    }

    private static JsonNode Of(SigningCertificate signer) => new JsonObject
    {
        ["subject"] = signer.Subject,
        ["serial"] = signer.Serial,
        ["keyId"] = signer.KeyId,
        ["notAfter"] = Moment(signer.NotAfter),
    };

    private static JsonNode Of(PayloadInfo payload)
    {
        JsonObject described = new()
        {
            ["part"] = PayloadInfo.NameOf(payload.Part),
            ["kind"] = PayloadInfo.NameOf(payload.Kind),
            ["size"] = payload.Content.Size,
            ["storedSize"] = payload.StoredSize,
            ["sha256"] = payload.Content.Sha256,
            ["chunkSize"] = payload.ChunkSize,
            ["chunks"] = payload.ChunkCount,
        };
        Add(described, "rootHash", payload.RootHash);
        Add(described, "base", payload.Base?.Sha256);
        Add(described, "result", payload.Result?.Sha256);
        return described;
    }

    private static void Add(JsonObject described, string name, string? value)
    {
        if (value is not null)
        {
            described[name] = value;
        }
    }

    private static string Moment(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
