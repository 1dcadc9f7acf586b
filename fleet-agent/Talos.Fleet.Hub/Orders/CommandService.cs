using Talos.Fleet.Api;
using Talos.Fleet.Hub.Live;
using Talos.Fleet.Hub.Rest;
using Talos.Fleet.Hub.Store;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Hub.Orders;

/// <summary>Gives commands to nodes, whichever way a person asks.</summary>
internal sealed class CommandService(FleetStore store, OrderStore orders, OutboxSender outbox, LiveFeed live, HubOptions options, TimeProvider time)
{
    private const int LongestSeconds = 30 * 86400;

    /// <summary>Gives a command; the same id again gives the one that is there.</summary>
    /// <exception cref="RequestException">The caller may not, or the request makes no sense.</exception>
    public async Task<CommandRecord> GiveAsync(string node, CommandRequest request, Caller caller, CancellationToken ct)
    {
        caller.Require(CommandRules.RequiredRole(request.Kind));
        if (request.ExpiresSeconds is < 60 or > LongestSeconds)
        {
            throw RequestException.Bad($"expiresSeconds: {request.ExpiresSeconds} is not within 60 and {LongestSeconds}");
        }

        DateTimeOffset now = time.GetUtcNow();
        string command = request.Id ?? Guid.NewGuid().ToString("n");
        CommandRecord made = await store.WriteAsync(
            s =>
            {
                UpdateTarget? update = request.BundleId is not { } bundle ? null : BundleStore.Find(s, bundle, options) is { } held
                    ? new UpdateTarget { Version = held.Version, Url = held.Url, BundleId = bundle, Force = request.Force }
                    : throw RequestException.Bad($"bundleId: {bundle} is not at this hub");
                string? upload = request.Kind is CommandKind.SupportBundle ? $"{options.PublicUrl}{Routes.Base}/nodes/{node}/support/{command}" : null;
                CommandRecord record = orders.Command(s, node, request with { Id = command }, update, upload, caller.Name, now);
                AuditStore.Add(s, now, caller.Name, caller.RoleWord, $"command.{request.Kind}", node, record.Id);
                return record;
            },
            ct);
        outbox.Wake();
        live.Publish("command", made, HubJson.Default.CommandRecord, node);
        return made;
    }

    /// <summary>A node's last commands, the newest first.</summary>
    public Task<List<CommandRecord>> ListAsync(string node, int limit, CancellationToken ct) => store.ReadAsync(s => OrderStore.Commands(s, node, limit), ct);

    /// <summary>One command.</summary>
    /// <exception cref="RequestException">It is not there.</exception>
    public async Task<CommandRecord> FindAsync(string node, string command, CancellationToken ct) =>
        await store.ReadAsync(s => OrderStore.Find(s, node, command), ct) ?? throw RequestException.NotFound($"command {command} of node {node}");
}
