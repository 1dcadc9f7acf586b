using System.Text.Json;
using Talos.Fleet.Api;
using Talos.Fleet.Hub.Store;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Hub.Orders;

/// <summary>Writes orders: revision, signed bytes and outbox in the transaction of their cause, so that a repeat after a crash is the same bytes.</summary>
internal sealed class OrderStore(OrderSigner signer, SqlDialect dialect)
{
    private static readonly TimeSpan DesiredLife = TimeSpan.FromDays(30);

    /// <summary>Gives a node a new desired state.</summary>
    /// <param name="s">The transaction.</param>
    /// <param name="node">The node.</param>
    /// <param name="now">The time.</param>
    /// <param name="change">Makes it from the present one; node, revision and times are set here.</param>
    /// <returns>Its revision; null when there is no such node.</returns>
    public long? Desire(SqlSession s, string node, DateTimeOffset now, Func<DesiredState, DesiredState> change)
    {
        List<(long Revision, string? Json)> rows = s.Query($"SELECT desired_rev, desired_json FROM nodes WHERE id=@id{dialect.ForUpdate}", r => (r.Number(0), r.TextOrNull(1)), ("@id", node));
        if (rows is not [var (last, json)])
        {
            return null;
        }

        DateTimeOffset issued = WireTimeConverter.Rounded(now);
        DesiredState before = NodeStore.Json(json, FleetJson.Default.DesiredState) ?? new DesiredState { Node = node, Revision = 1, Issued = issued, NotAfter = issued };
        DesiredState next = change(before) with { Node = node, Revision = last + 1, Issued = issued, NotAfter = issued + DesiredLife };
        byte[] payload = signer.Sign(next);
        s.Execute(
            "UPDATE nodes SET desired_rev=@r, desired_json=@j, desired=@p, desired_version=@v, desired_rollout=@ro WHERE id=@id",
            ("@r", next.Revision), ("@j", JsonSerializer.Serialize(next, FleetJson.Default.DesiredState)), ("@p", payload),
            ("@v", next.Update?.Version), ("@ro", next.Update?.Rollout), ("@id", node));
        if (next.Update?.Rollout is { } rollout && before.Update?.Rollout == rollout)
        {
            // The order is the same, only its number is another one: the rollout waits for the answer to this one now.
            s.Execute("UPDATE rollout_nodes SET revision=@rev WHERE rollout=@r AND node=@n AND revision=@old", ("@rev", next.Revision), ("@r", rollout), ("@n", node), ("@old", last));
        }

        Send(s, new FleetTopic(node, TopicKind.Desired), payload, null);
        return next.Revision;
    }

    /// <summary>Gives a node a command; the same id again gives the one that is there.</summary>
    public CommandRecord Command(SqlSession s, string node, CommandRequest request, UpdateTarget? update, string? uploadUrl, string who, DateTimeOffset now)
    {
        string id = request.Id ?? Guid.NewGuid().ToString("n");
        if (!FleetTopic.IsCommandId(id))
        {
            throw RequestException.Bad($"id: is not 1 to {FleetTopic.MaxCommandId} of a-z 0-9 -");
        }

        if (Find(s, node, id) is { } there)
        {
            return there.Kind == request.Kind ? there : throw new RequestException(StatusCodes.Status409Conflict, $"command {id}: is there already and is a {there.Kind}");
        }

        long last = s.Number($"SELECT command_rev FROM nodes WHERE id=@id AND revoked=0{dialect.ForUpdate}", ("@id", node)) ?? throw RequestException.NotFound($"node {node}");
        DateTimeOffset issued = WireTimeConverter.Rounded(now);
        Command command = new()
        {
            Node = node,
            Id = id,
            Revision = last + 1,
            Issued = issued,
            NotAfter = issued.AddSeconds(request.ExpiresSeconds),
            Kind = request.Kind,
            IssuedBy = who.Length <= 256 ? who : who[..256],
            Update = update,
            Patch = request.Patch,
            UploadUrl = uploadUrl,
        };
        byte[] payload;
        try
        {
            payload = signer.Sign(command);
        }
        catch (ArgumentException e)
        {
            throw RequestException.Bad(e.Message);
        }

        s.Execute("UPDATE nodes SET command_rev=@r WHERE id=@id", ("@r", command.Revision), ("@id", node));
        s.Execute(
            "INSERT INTO commands (node, id, kind, revision, issued, not_after, issued_by, payload) VALUES (@n, @id, @k, @r, @i, @e, @w, @p)",
            ("@n", node), ("@id", id), ("@k", command.Kind), ("@r", command.Revision), ("@i", command.Issued), ("@e", command.NotAfter), ("@w", who), ("@p", payload));
        Send(s, new FleetTopic(node, TopicKind.Command, id), payload, command.NotAfter);
        return Find(s, node, id)!;
    }

    /// <summary>Puts orders of a node that it may have missed into the outbox again: the same bytes.</summary>
    public static void Repeat(SqlSession s, string node, bool desired, bool commands, DateTimeOffset now)
    {
        if (desired && s.Scalar("SELECT desired FROM nodes WHERE id=@id", ("@id", node)) is byte[] payload)
        {
            Send(s, new FleetTopic(node, TopicKind.Desired), payload, null);
        }

        if (commands)
        {
            foreach ((string id, byte[] bytes, DateTimeOffset end) in s.Query(
                "SELECT id, payload, not_after FROM commands WHERE node=@n AND state IS NULL AND not_after > @now ORDER BY revision",
                r => (r.Text(0), r.Bytes(1)!, r.Time(2)), ("@n", node), ("@now", now)))
            {
                Send(s, new FleetTopic(node, TopicKind.Command, id), bytes, end);
            }
        }
    }

    public static List<CommandRecord> Commands(SqlSession s, string node, int limit) =>
        s.Query($"SELECT {CommandColumns} FROM commands WHERE node=@n ORDER BY revision DESC LIMIT @l", Read, ("@n", node), ("@l", limit));

    public static CommandRecord? Find(SqlSession s, string node, string id) =>
        s.Query($"SELECT {CommandColumns} FROM commands WHERE node=@n AND id=@id", Read, ("@n", node), ("@id", id)).SingleOrDefault();

    private const string CommandColumns = "id, node, kind, revision, issued, not_after, issued_by, state, message, updated";

    private static CommandRecord Read(Row r) => new()
    {
        Id = r.Text(0),
        Node = r.Text(1),
        Kind = (CommandKind)r.Int(2),
        Revision = r.Number(3),
        Issued = r.Time(4),
        NotAfter = r.Time(5),
        IssuedBy = r.Text(6),
        State = r.EnumOrNull<CommandState>(7),
        Message = r.TextOrNull(8),
        Updated = r.TimeOrNull(9),
    };

    private static void Send(SqlSession s, FleetTopic topic, byte[] payload, DateTimeOffset? expires) => s.Execute(
        "INSERT INTO outbox (topic, payload, retain, expires) VALUES (@t, @p, @r, CAST(@e AS BIGINT))",
        ("@t", topic.ToString()), ("@p", payload), ("@r", FleetTopic.IsRetained(topic.Kind)), ("@e", expires));
}
