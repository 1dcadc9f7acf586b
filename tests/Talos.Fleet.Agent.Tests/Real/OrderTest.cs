using Talos.Fleet.Protocol;
using Talos.Testing;

namespace Talos.Fleet.Agent.Tests.Real;

/// <summary>An enrolled agent with a clock of the test, and the hub's orders to it.</summary>
public abstract class OrderTest : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fleet-order").FullName;
    private readonly TestFleet _fleet = new();
    private readonly FakeLinks _links = new();

    private protected JumpingTimeProvider Clock { get; } = new();

    private protected FakeLinks Links => _links;

    private protected CapturedLog Log { get; } = new();

    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <inheritdoc/>
    public void Dispose()
    {
        _fleet.Dispose();
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>An agent that was ordered to v1.1.0.</summary>
    private protected async Task<RunningAgent> OrderedAsync(params PodHold[] holds)
    {
        Clock.Advance(DateTimeOffset.UtcNow - Clock.GetUtcNow());
        AgentSettings settings = RunningAgent.Settings(_folder, "node-a");
        _fleet.Enrol(settings.StateFolder, "node-a", 1);
        RunningAgent agent = new() { Time = Clock, Links = _links, Measured = queue => new Telemetry { Time = Clock.GetUtcNow(), Queue = queue } };
        agent.Node.Facts = agent.Node.Facts with { Holds = holds };
        await agent.StartAsync(settings, Log);
        await StepUntilAsync(() => _links.Deliver is not null, TimeSpan.Zero);
        if (_orders)
        {
            await OrderAsync(1);
        }

        return agent;
    }

    /// <summary>Leaves out the order to v1.1.0 at the start.</summary>
    private protected void WithoutOrder() => _orders = false;

    private bool _orders = true;

    /// <summary>Sends a command to install v1.2.0.</summary>
    private protected Task CommandAsync(string id, long revision, bool force = false, CommandKind kind = CommandKind.Upgrade)
    {
        DateTimeOffset now = WireTimeConverter.Rounded(Clock.GetUtcNow());
        Command command = new()
        {
            Id = id,
            Node = "node-a",
            Revision = revision,
            Issued = now,
            NotAfter = now.AddDays(30),
            Kind = kind,
            Update = kind is not CommandKind.Upgrade ? null : new UpdateTarget { Version = "v1.2.0", Url = "https://hub/c", BundleId = new string('c', 64), Force = force },
        };
        return _links.Deliver!(new LinkMessage($"talos/1/node-a/command/{id}", _fleet.Signer().Sign(command)));
    }

    /// <summary>The results that were told of a command, in order.</summary>
    private protected IReadOnlyList<CommandResult> Results(string id) =>
        [.. _links.Published.Where(p => p.Kind is TopicKind.Result).Select(p => FleetMessages.ReadResult(p.Payload)).Where(r => r.IsGood && r.Value.Id == id).Select(r => r.Value!)];

    /// <summary>Sends a desired state for v1.1.0.</summary>
    private protected Task OrderAsync(long revision, string? rollout = null, int? interval = null)
    {
        DateTimeOffset now = WireTimeConverter.Rounded(Clock.GetUtcNow());
        DesiredState desired = new()
        {
            Node = "node-a",
            Revision = revision,
            Issued = now,
            NotAfter = now.AddDays(30),
            TelemetryIntervalSeconds = interval,
            Update = new UpdateTarget { Version = "v1.1.0", Url = "https://hub/b", BundleId = new string('a', 64), Rollout = rollout },
        };
        return _links.Deliver!(new LinkMessage("talos/1/node-a/desired", _fleet.Signer().Sign(desired)));
    }

    /// <summary>Moves the clock until a condition holds, for 30 s at most.</summary>
    private protected async Task StepUntilAsync(Func<bool> condition, TimeSpan step)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            Clock.Advance(step);
            await Task.Delay(5, limit.Token);
        }
    }
}
