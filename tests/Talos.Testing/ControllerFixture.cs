using Talos.Cosi;
using Xunit;

namespace Talos.Testing;

/// <summary>One controller on an in-memory state; nothing runs until <see cref="SettleAsync"/>.</summary>
public sealed class ControllerFixture
{
    private readonly IController _controller;
    private readonly Dictionary<ResourceAddress, string> _owners = [];

    public ControllerFixture(IController controller, TimeProvider? time = null)
    {
        _controller = controller;
        State = new InMemoryState(time ?? TimeProvider.System);
    }

    /// <summary>The state itself, for what the short forms below do not do.</summary>
    public InMemoryState State { get; }

    /// <summary>The delay after which the last reconcile asked to run again; null when it did not.</summary>
    public TimeSpan? RequeueDelay { get; private set; }

    /// <summary>Writes an input, as another controller would.</summary>
    public void Given<T>(string id, T spec, string? ns = null) where T : class, IResourceSpec<T>
    {
        Resource<T> wanted = Resource<T>.Create(id, spec, ns);
        _owners[wanted.Address] = "test";
        if (State.Get(wanted.Address) is { } existing)
        {
            State.Update(wanted with { Metadata = existing.Metadata with { Version = 0 } }, "test");
        }
        else
        {
            State.Create(wanted, "test");
        }
    }

    /// <summary>Removes an input without the controller having a say.</summary>
    public void Gone<T>(string id, string? ns = null) where T : class, IResourceSpec<T> =>
        State.Destroy(new ResourceAddress(ns ?? T.Definition.Namespace, T.Definition.Type, id), "test");

    /// <summary>Asks for the end of an input; it goes once the controller lets go.</summary>
    public void TearDown<T>(string id, string? ns = null) where T : class, IResourceSpec<T> =>
        State.Teardown(new ResourceAddress(ns ?? T.Definition.Namespace, T.Definition.Type, id), "test");

    /// <summary>Runs one reconcile.</summary>
    public async Task SettleAsync()
    {
        ControllerContext context = new(_controller, State);
        await _controller.ReconcileAsync(context, TestContext.Current.CancellationToken);
        RequeueDelay = context.RequeueDelay;
    }

    public Resource<T>? Find<T>(string id, string? ns = null) where T : class, IResourceSpec<T> =>
        State.Get(new ResourceAddress(ns ?? T.Definition.Namespace, T.Definition.Type, id)) as Resource<T>;

    public IReadOnlyList<Resource<T>> List<T>(string? ns = null) where T : class, IResourceSpec<T> =>
        [.. State.List(ns ?? T.Definition.Namespace, T.Definition.Type).OfType<Resource<T>>()];

    /// <summary>Whether the controller holds an input with its finalizer.</summary>
    public bool IsHeld<T>(string id, string? ns = null) where T : class, IResourceSpec<T> =>
        Find<T>(id, ns)?.Metadata.Finalizers.Contains(_controller.Name) ?? false;
}
