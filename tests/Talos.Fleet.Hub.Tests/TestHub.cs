using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Talos.Fleet.Hub.Identity;
using Talos.Fleet.Hub.Live;
using Talos.Fleet.Hub.Messaging;
using Talos.Fleet.Hub.Orders;
using Talos.Fleet.Hub.Store;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Hub.Tests;

/// <summary>The parts of a hub without its network, on a database of its own.</summary>
internal sealed class TestHub : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hub-test-").FullName;

    public TestHub(Func<string, SqlDialect>? dialect = null, IReadOnlyList<string>? webhooks = null, long minFree = 0)
    {
        Options = new HubOptions { Data = Path.Combine(_folder, "data"), Names = ["localhost"], Webhooks = webhooks ?? [], MinFree = minFree };
        Authority = FleetAuthority.Open(Options, Time.GetUtcNow());
        Store = new FleetStore(dialect?.Invoke(_folder) ?? new SqlDialect.Sqlite(Path.Combine(_folder, "hub.db")));
        Enrollment = new Enrollment(Authority, Store, Options, Time, NullLogger<Enrollment>.Instance);
        Orders = new OrderStore(Authority.Signer, Store.Dialect);
        Rollouts = new RolloutStore(Orders, Store.Dialect, Options);
        Refusals = new Refusals(Metrics, Time, NullLogger<Refusals>.Instance);
        Webhooks hooks = new(Options, Store, new Leader(Store, Options, Time, NullLogger<Leader>.Instance), Metrics, Time, NullLogger<Webhooks>.Instance);
        Ingest = new Ingest(Store, Metrics, new LiveFeed(), Refusals, hooks, new DiskSpace(Options, Time), Options, Time, NullLogger<Ingest>.Instance);
    }

    public ManualTime Time { get; } = new();

    public HubOptions Options { get; }

    public FleetAuthority Authority { get; }

    public FleetStore Store { get; }

    public Enrollment Enrollment { get; }

    public OrderStore Orders { get; }

    public RolloutStore Rollouts { get; }

    public HubMetrics Metrics { get; } = new();

    public Refusals Refusals { get; }

    public Ingest Ingest { get; }

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static string Csr(string node, ECDsa? key = null)
    {
        using ECDsa made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest($"CN={node}", key ?? made, HashAlgorithmName.SHA256).CreateSigningRequestPem();
    }

    public Task AddTokenAsync(string secret, int uses = 1, string? node = null) => Store.WriteAsync(
        s => s.Execute(
            "INSERT INTO tokens (id, hash, uses, expires, created_by, node, labels) VALUES (@id, @h, @u, @e, 'test', @n, '')",
            ("@id", secret), ("@h", Enrollment.Hash(secret)), ("@u", uses), ("@e", Time.GetUtcNow().AddDays(1)), ("@n", node)),
        Token);

    public Task AddNodesAsync(params IEnumerable<string> nodes) => Store.WriteAsync(
        s =>
        {
            foreach (string node in nodes)
            {
                s.Execute("INSERT INTO nodes (id, enrolled, board, version) VALUES (@id, @t, 'b', '1.0.0')", ("@id", node), ("@t", Time.GetUtcNow()));
            }
        },
        Token);

    public Task<List<Outcome>> TakeAsync(params NodeMessage[] messages) => Store.WriteAsync(s => IngestStore.Store(s, Store.Dialect, messages, Time.GetUtcNow()), Token);

    public NodeMessage Events(string node, string stream, long oldest, params IEnumerable<long> numbers)
    {
        EventBatch batch = new()
        {
            Stream = stream,
            Oldest = oldest,
            Events = [.. numbers.Select(n => new NodeEvent { Seq = n, Time = Time.GetUtcNow(), BootId = "b", Kind = "test.event", Message = $"event {n}" })],
        };
        return new NodeMessage(new FleetTopic(node, TopicKind.Events), batch, "{}");
    }

    public NodeMessage State(string node, TimeSpan after = default, string version = "1.0.0", DesiredReport? desired = null)
    {
        ReportedState state = new() { Time = Time.GetUtcNow() + after, BootId = "b", Board = "b", Architecture = "arm64", Version = version, Desired = desired };
        return new NodeMessage(new FleetTopic(node, TopicKind.State), state, System.Text.Encoding.UTF8.GetString(FleetMessages.Write(state)));
    }

    public void Dispose()
    {
        Store.Dispose();
        Authority.Dispose();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>A clock that stands until it is moved.</summary>
internal sealed class ManualTime : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;
}
