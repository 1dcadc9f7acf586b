namespace Talos.Cosi;

/// <summary>How strongly a controller depends on an input.</summary>
public enum InputKind
{
    /// <summary>Only notified.</summary>
    Weak,

    /// <summary>May hold finalizers.</summary>
    Strong,
}

/// <summary>A declared input.</summary>
public sealed record ControllerInput(ResourceDefinition Resource, InputKind Kind)
{
    /// <summary>An input that is read only.</summary>
    public static ControllerInput Weak<T>() where T : class, IResourceSpec<T> => new(T.Definition, InputKind.Weak);

    /// <summary>An input whose destruction waits for the controller.</summary>
    public static ControllerInput Strong<T>() where T : class, IResourceSpec<T> => new(T.Definition, InputKind.Strong);
}

/// <summary>Who else may write an output type.</summary>
public enum OutputKind
{
    /// <summary>This controller alone.</summary>
    Exclusive,

    /// <summary>Several controllers, each with its own ids.</summary>
    Shared,
}

/// <summary>A declared output.</summary>
public sealed record ControllerOutput(ResourceDefinition Resource, OutputKind Kind)
{
    /// <summary>An output only this controller writes.</summary>
    public static ControllerOutput Exclusive<T>() where T : class, IResourceSpec<T> => new(T.Definition, OutputKind.Exclusive);

    /// <summary>An output that other controllers write too, under other ids.</summary>
    public static ControllerOutput Shared<T>() where T : class, IResourceSpec<T> => new(T.Definition, OutputKind.Shared);
}

/// <summary>One reconcile loop.</summary>
public interface IController
{
    /// <summary>Stable name, <c>area.NameController</c>.</summary>
    string Name { get; }

    /// <summary>What it reads.</summary>
    IReadOnlyList<ControllerInput> Inputs { get; }

    /// <summary>What it writes.</summary>
    IReadOnlyList<ControllerOutput> Outputs { get; }

    /// <summary>Brings outputs in line with inputs; safe to call again at any time.</summary>
    Task ReconcileAsync(IControllerContext context, CancellationToken ct);
}

/// <summary>A controller that also wakes up for something outside the state: a netlink message, a timer, a file.</summary>
public interface ITriggeredController : IController
{
    /// <summary>Runs beside the reconcile loop and calls <paramref name="reconcile"/> for each event, until cancelled.</summary>
    /// <remarks>When it throws, the controller runtime logs it and starts it again after a pause.</remarks>
    Task RunTriggersAsync(Action reconcile, CancellationToken ct);
}

/// <summary>The declared slice of the state a controller may touch.</summary>
/// <remarks>
/// Reading a type that is not a declared input or output, or writing one that is not a declared output, is an
/// <see cref="InvalidOperationException"/>: a mistake in the controller.
/// </remarks>
public interface IControllerContext
{
    /// <summary>One resource; null when absent.</summary>
    /// <param name="id">Name within the type.</param>
    /// <param name="ns">Namespace; null for that of the type.</param>
    Resource<T>? Find<T>(string id, string? ns = null) where T : class, IResourceSpec<T>;

    /// <summary>All resources of one type, ordered by id.</summary>
    /// <param name="ns">Namespace; null for that of the type.</param>
    IReadOnlyList<Resource<T>> List<T>(string? ns = null) where T : class, IResourceSpec<T>;

    /// <summary>Creates or updates one output; nothing happens when the spec is equal already.</summary>
    Task WriteAsync<T>(string id, T spec, CancellationToken ct, string? ns = null, ValueMap? labels = null) where T : class, IResourceSpec<T>;

    /// <summary>Removes one output, once its finalizers are gone; no error when absent.</summary>
    Task DestroyAsync<T>(string id, CancellationToken ct, string? ns = null) where T : class, IResourceSpec<T>;

    /// <summary>Removes the outputs of one type that this controller owns and that are not named.</summary>
    Task KeepOnlyAsync<T>(IReadOnlyCollection<string> ids, CancellationToken ct, string? ns = null) where T : class, IResourceSpec<T>;

    /// <summary>Holds off the destruction of an input.</summary>
    Task AddFinalizerAsync<T>(Resource<T> resource, CancellationToken ct) where T : class, IResourceSpec<T>;

    /// <summary>Lets the destruction of an input go on.</summary>
    Task RemoveFinalizerAsync<T>(Resource<T> resource, CancellationToken ct) where T : class, IResourceSpec<T>;

    /// <summary>Asks for another reconcile after a while, even when no input changes.</summary>
    void RequeueAfter(TimeSpan delay);
}
