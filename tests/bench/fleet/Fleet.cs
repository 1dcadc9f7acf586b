using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using Talos.Fleet.Api;

namespace Talos.Fleet.Simulator;

/// <summary>Many nodes in this process.</summary>
internal sealed class Fleet(HubProcess hub, HubClient client, int begin = 0) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _running = [];

    public List<SimulatedNode> Nodes { get; } = [];

    /// <summary>Enrols further nodes.</summary>
    /// <param name="count">How many.</param>
    /// <param name="behaviour">What a release does on each.</param>
    /// <param name="again">Whether they may be enrolled already: each then has a token of its own.</param>
    /// <param name="ct">Cancels.</param>
    public async Task EnrollAsync(int count, Func<int, (bool Fails, TimeSpan Duration)> behaviour, bool again, CancellationToken ct)
    {
        TokenRecord? all = again ? null : await TokenAsync(new TokenRequest { Uses = count }, ct);
        ConcurrentBag<(int Number, SimulatedNode Node)> made = [];
        int first = begin + Nodes.Count;
        await Parallel.ForEachAsync(Enumerable.Range(first, count), new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = ct }, async (i, token2) =>
        {
            (string id, string board) = ($"node-{i:d6}", $"board-{i % 4}");
            TokenRecord token = all ?? await TokenAsync(new TokenRequest { Node = id }, token2);
            X509Certificate2 identity = await client.IdentityAsync(id, token.Token!, new Dictionary<string, string> { ["site"] = $"site-{i % 10}" }, board, token2);
            (bool fails, TimeSpan duration) = behaviour(i);
            made.Add((i, new SimulatedNode(id, board, identity, client.Authority, hub.Mqtt, i) { Fails = fails, Duration = duration }));
        });
        Nodes.AddRange(made.OrderBy(m => m.Number).Select(m => m.Node));
    }

    private Task<TokenRecord> TokenAsync(TokenRequest request, CancellationToken ct) =>
        client.PostAsync("/api/v1/tokens", request, HubJson.Default.TokenRequest, HubJson.Default.TokenRecord, ct);

    /// <summary>Connects all nodes that are not, a few at once.</summary>
    public async Task ConnectAsync(int atOnce, CancellationToken ct) =>
        await Parallel.ForEachAsync(Nodes.Where(n => !n.IsConnected), new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = ct }, async (node, token) => await node.ConnectAsync(token));

    /// <summary>From now on nodes that are cut off come back by themselves.</summary>
    public void KeepConnected()
    {
        foreach (SimulatedNode node in Nodes.Skip(_running.Count))
        {
            _running.Add(node.RunAsync(_stop.Token));
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        foreach (SimulatedNode node in Nodes)
        {
            node.Dispose();
        }

        _stop.Dispose();
    }
}
