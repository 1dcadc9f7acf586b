using Talos.Fleet.Api;
using Talos.Fleet.Hub.Orders;
using Talos.Fleet.Hub.Rest;
using Talos.Fleet.Hub.Store;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Hub.Interop;

/// <summary>Bundles for nodes, and orders to install them that another system gives.</summary>
internal sealed class InstallOrders(FleetStore store, CommandService commands, HubOptions options, TimeProvider time)
{
    /// <summary>Who gives them, in the audit log.</summary>
    private static readonly Caller Caller = new("home-assistant", FleetRole.Operator);

    /// <summary>The bundle uploaded last for each board, without those that are held back for it.</summary>
    public Task<Dictionary<string, BundleRecord>> LatestAsync(CancellationToken ct) => store.ReadAsync(Latest, ct);

    /// <summary>Orders the latest bundle for a node, as a person would; gives why not, or null.</summary>
    public async Task<string?> OrderAsync(NodeView node, CancellationToken ct)
    {
        if (!(await LatestAsync(ct)).TryGetValue(node.Board, out BundleRecord? bundle))
        {
            return $"there is no bundle for board {node.Board}";
        }

        if (bundle.Version == node.Version)
        {
            return $"{bundle.Version} runs already";
        }

        if (HomeAssistantDocuments.InProgress(node))
        {
            return "an update is going on";
        }

        DateTimeOffset now = time.GetUtcNow();
        if ((await commands.ListAsync(node.Id, 50, ct)).FirstOrDefault(c => c.Kind is CommandKind.Upgrade && c.NotAfter > now && (c.State is not { } state || !CommandRules.IsFinal(state))) is { } open)
        {
            return $"command {open.Id} is not over";
        }

        try
        {
            await commands.GiveAsync(node.Id, new CommandRequest { Kind = CommandKind.Upgrade, BundleId = bundle.Id }, Caller, ct);
            return null;
        }
        catch (RequestException e)
        {
            return e.Message;
        }
    }

    private Dictionary<string, BundleRecord> Latest(SqlSession s)
    {
        HashSet<(string, string)> held = [.. RolloutStore.HeldBack(s).Select(h => (h.BundleId, h.Board))];
        Dictionary<string, BundleRecord> latest = new(StringComparer.Ordinal);
        foreach (BundleRecord bundle in BundleStore.List(s, options))
        {
            foreach (string board in bundle.Boards.Where(b => !held.Contains((bundle.Id, b))))
            {
                latest.TryAdd(board, bundle);
            }
        }

        return latest;
    }
}
