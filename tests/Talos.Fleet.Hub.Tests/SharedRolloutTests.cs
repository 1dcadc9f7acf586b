using System.Data.Common;
using System.Net;
using System.Net.Http.Json;
using Talos.Fleet.Api;
using Talos.Fleet.Hub.Store;
using Talos.Fleet.Rollouts;

namespace Talos.Fleet.Hub.Tests;

/// <summary>Two hubs that share a PostgreSQL and want the same node at the same moment.</summary>
[Trait("Category", "Integration")]
public sealed class SharedRolloutTests(PostgresServer server) : IClassFixture<PostgresServer>, IAsyncLifetime
{
    private const string Waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    private RunningHub _leader = null!;
    private RunningHub _other = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        string database = server.NewDatabase();
        _leader = await RunningHub.StartAsync(o => o with { Postgres = database });
        _other = await RunningHub.StartAsync(o => o with { Postgres = database, Name = "hub-2" });
    }

    public async ValueTask DisposeAsync()
    {
        await _other.DisposeAsync();
        await _leader.DisposeAsync();
    }

    [Fact]
    public async Task A_rollout_that_is_made_while_its_node_joins_another_one_is_refused()
    {
        await AddNodeAsync("n-1");
        RolloutView first = (await (await CreateAsync(_leader)).Content.ReadFromJsonAsync(HubJson.Default.RolloutView, Token))!;

        // The leader's transaction stops where it writes the part of n-2, as long as this one is open.
        using SqlSession held = new(_leader.Store.Dialect.Open());
        using DbTransaction transaction = held.Begin();
        held.Execute("INSERT INTO rollout_nodes (rollout, node, board, wave, status, attempt, since) VALUES (@r, 'n-2', 'b', 0, 0, 0, 0)", ("@r", first.Id));
        await AddNodeAsync("n-2");
        await RunningHub.UntilAsync(async () => await NumberAsync(Waiting) == 1);
        Task<HttpResponseMessage> second = CreateAsync(_other, "n-2");
        await RunningHub.UntilAsync(async () => second.IsCompleted || await NumberAsync(Waiting) == 2);
        await transaction.RollbackAsync(Token);

        using HttpResponseMessage answer = await second;
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains($"node n-2: takes part in rollout {first.Id}", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Equal(1, await NumberAsync("SELECT count(*) FROM rollout_nodes WHERE node='n-2'"));
    }

    [Fact]
    public async Task Of_two_rollouts_that_are_made_at_two_hubs_at_once_for_one_node_one_is_refused()
    {
        await AddNodeAsync("n-1");
        using SqlSession held = new(_leader.Store.Dialect.Open());
        using DbTransaction transaction = held.Begin();
        held.Execute("LOCK TABLE audit IN EXCLUSIVE MODE");

        Task<HttpResponseMessage> first = CreateAsync(_leader), second = CreateAsync(_other);
        await RunningHub.UntilAsync(async () => await NumberAsync(Waiting) == 2);
        await transaction.RollbackAsync(Token);

        using HttpResponseMessage one = await first, two = await second;
        Assert.Equal([HttpStatusCode.Created, HttpStatusCode.Conflict], new[] { one.StatusCode, two.StatusCode }.Order());
        Assert.Equal(1, await NumberAsync("SELECT count(*) FROM rollout_nodes WHERE node='n-1'"));
    }

    private Task<int> AddNodeAsync(string node) => _leader.Store.WriteAsync(
        s => s.Execute("INSERT INTO nodes (id, enrolled, board, version, state_time) VALUES (@id, @t, 'b', '1.0.0', @t)", ("@id", node), ("@t", DateTimeOffset.UtcNow)), Token);

    private static Task<HttpResponseMessage> CreateAsync(RunningHub hub, params string[] nodes)
    {
        RolloutPlan plan = new() { Name = "r", Version = "2.0.0", BundleId = new string('a', 64), Url = "https://h/b", Canary = 0, Selector = new RolloutSelector { Nodes = nodes } };
        return hub.Admin.PostAsync(new Uri("/api/v1/rollouts", UriKind.Relative), JsonContent.Create(plan, HubJson.Default.RolloutPlan), Token);
    }

    private Task<long?> NumberAsync(string sql) => _leader.Store.ReadAsync(s => s.Number(sql), Token);
}
