using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http.Features;
using Talos.Fleet.Api;
using Talos.Fleet.Hub.Store;
using Talos.Fleet.Protocol;
using Talos.Ota.Bundle;

namespace Talos.Fleet.Hub.Rest;

/// <summary>Bundles: brought by people, fetched by nodes in ranges, and support bundles the other way round.</summary>
internal static class BundleRoutes
{
    private const long MaxSupportBytes = 256L << 20;
    private static readonly ConcurrentDictionary<string, bool> Uploads = new(StringComparer.Ordinal);

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/bundles", async (FleetStore store, HubOptions options, CancellationToken ct) =>
            new Page<BundleRecord> { Items = await store.ReadAsync(s => BundleStore.List(s, options), ct) }).Needs(FleetRole.Viewer);
        api.MapPost("/bundles", UploadAsync).Needs(FleetRole.Operator).Produces<BundleRecord>(StatusCodes.Status201Created);
        api.MapMethods("/bundles/{id}", ["GET", "HEAD"], Fetch).ProducesProblems().WithDescription("Nobody is asked: a bundle is signed and public. Takes ranges.");
        api.MapDelete("/bundles/{id}", DeleteAsync).Needs(FleetRole.Admin);
        api.MapPut("/nodes/{id}/support/{command}", SupportAsync).ProducesProblems().WithDescription("The node's certificate: what a support bundle command asked for.");
        api.MapGet("/nodes/{id}/support/{command}", (string id, string command, HubOptions options) =>
            SupportFile(options, id, command) is { } file && File.Exists(file) ? Results.File(file, "application/octet-stream", enableRangeProcessing: true) : throw RequestException.NotFound($"support bundle {command} of {id}"))
            .Needs(FleetRole.Operator, fromPage: true);
    }

    private static IResult Fetch(string id, HubOptions options)
    {
        string? file = FileOf(options, id);
        return file is not null && File.Exists(file)
            ? Results.File(file, "application/octet-stream", enableRangeProcessing: true, entityTag: new Microsoft.Net.Http.Headers.EntityTagHeaderValue($"\"{id}\""))
            : throw RequestException.NotFound($"bundle {id}");
    }

    private static async Task<IResult> UploadAsync(HttpContext http, FleetStore store, DiskSpace space, HubOptions options, TimeProvider time, CancellationToken ct)
    {
        http.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = null;
        string part = Path.Combine(Folder(options), $"{Guid.NewGuid():n}.part");
        try
        {
            BundleRecord record;
            await using (FileStream file = DataFolder.Create(part, FileAccess.ReadWrite))
            {
                await space.CopyAsync(http.Request.Body, file, http.Request.ContentLength, ct);
                file.Flush(flushToDisk: true);
                file.Position = 0;
                record = await CheckAsync(file, options, http.Caller().Name, time.GetUtcNow(), ct);
            }

            File.Move(part, FileOf(options, record.Id)!, overwrite: true);
            BundleRecord stored = await store.WriteAsync(
                s =>
                {
                    BundleStore.Add(s, record);
                    AuditStore.Add(s, record.Uploaded, http.Caller().Name, http.Caller().RoleWord, "bundle.upload", record.Id, record.Version);
                    return BundleStore.Find(s, record.Id, options)!;
                },
                ct);
            return Results.Created($"{Routes.Base}/bundles/{record.Id}", stored);
        }
        finally
        {
            File.Delete(part);
        }
    }

    /// <summary>Reads the whole bundle: a broken one is refused here and not on a thousand nodes. Whether it may be trusted is the nodes' to say.</summary>
    private static async Task<BundleRecord> CheckAsync(FileStream file, HubOptions options, string who, DateTimeOffset now, CancellationToken ct)
    {
        try
        {
            using BundleReader reader = await BundleReader.OpenUnverifiedAsync(new StreamBundleSource(file), ct);
            await BundleVerification.VerifyAsync(reader, null, ct);
            return reader.Length != file.Length
                ? throw RequestException.Bad($"bundle: {file.Length} bytes came; it says it has {reader.Length}")
                : new BundleRecord
                {
                    Id = reader.Id,
                    Version = reader.Manifest.Version.ToString(),
                    Boards = reader.Manifest.Boards,
                    Bytes = file.Length,
                    Url = options.BundleUrl(reader.Id),
                    Uploaded = now,
                    UploadedBy = who,
                };
        }
        catch (BundleException e)
        {
            throw RequestException.Bad($"bundle: {e.Message}");
        }
    }

    private static async Task<IResult> DeleteAsync(string id, HttpContext http, FleetStore store, HubOptions options, TimeProvider time, CancellationToken ct)
    {
        await store.WriteAsync(
            s =>
            {
                if (s.Execute("DELETE FROM bundles WHERE id=@id", ("@id", id)) == 0)
                {
                    throw RequestException.NotFound($"bundle {id}");
                }

                AuditStore.Add(s, time.GetUtcNow(), http.Caller().Name, http.Caller().RoleWord, "bundle.delete", id, "done");
            },
            ct);
        File.Delete(FileOf(options, id)!);
        return Results.NoContent();
    }

    private static async Task<IResult> SupportAsync(
        string id, string command, HttpContext http, Access access, Identity.Enrollment enrollment, DiskSpace space, HubOptions options, FleetStore store, TimeProvider time, CancellationToken ct)
    {
        var certificate = await access.RequireNodeAsync(http);
        if (Identity.FleetAuthority.CommonName(certificate.SubjectName) != id || SupportFile(options, id, command) is not { } file || !await store.ReadAsync(s => IsAsked(s, id, command), ct))
        {
            throw NotAsked(command);
        }

        string key = $"{id}/{command}";
        if (!Uploads.TryAdd(key, true))
        {
            throw new RequestException(StatusCodes.Status409Conflict, $"support bundle {command}: is being sent already");
        }

        http.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = MaxSupportBytes;
        string part = $"{file}.{Guid.NewGuid():n}.part";
        using Identity.Enrollment.NodeRequest request = enrollment.Begin(id, ct);
        try
        {
            DataFolder.Make(Path.GetDirectoryName(file)!);
            await using (FileStream to = DataFolder.Create(part))
            {
                await space.CopyAsync(http.Request.Body, to, http.Request.ContentLength, request.Token);
            }

            long bytes = new FileInfo(part).Length;
            await store.WriteAsync(
                s =>
                {
                    // Asked again: it took a while, and whoever was revoked meanwhile leaves nothing here.
                    if (s.Number($"SELECT 1 FROM nodes WHERE id=@id AND revoked=0{store.Dialect.ForUpdate}", ("@id", id)) is null || !IsAsked(s, id, command))
                    {
                        throw NotAsked(command);
                    }

                    AuditStore.Add(s, time.GetUtcNow(), id, "node", "support.upload", $"{id} {command}", $"{bytes} bytes");
                },
                request.Token);
            File.Move(part, file, overwrite: true);
            return Results.NoContent();
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw NotAsked(command);
        }
        finally
        {
            Uploads.TryRemove(key, out _);
            File.Delete(part);
        }
    }

    /// <summary>Whether a command for it is open: what is answered takes nothing more.</summary>
    private static bool IsAsked(SqlSession s, string node, string command) =>
        Orders.OrderStore.Find(s, node, command) is { Kind: CommandKind.SupportBundle } asked && (asked.State is not { } state || !CommandRules.IsFinal(state));

    private static RequestException NotAsked(string command) =>
        new(StatusCodes.Status403Forbidden, $"support bundle {command}: was not asked of this node, or is answered already");

    private static string Folder(HubOptions options) => DataFolder.Make(Path.Combine(options.Data, "bundles"));

    private static string? FileOf(HubOptions options, string id) =>
        id.Length == 64 && id.All(char.IsAsciiHexDigitLower) ? Path.Combine(Folder(options), id) : null;

    private static string? SupportFile(HubOptions options, string node, string command) =>
        NodeId.IsValid(node) && FleetTopic.IsCommandId(command) ? Path.GetFullPath(Path.Combine(options.Data, "support", node, command)) : null;
}
