namespace Talos.Cosi;

/// <summary>The store of resources.</summary>
public interface IState
{
    /// <summary>Raised for each change, in order and inside the store's lock: a handler only takes note and returns.</summary>
    event Action<StateEvent>? Changed;

    /// <summary>One resource; null when absent.</summary>
    Resource? Get(ResourceAddress address);

    /// <summary>All resources of a type in a namespace, ordered by id.</summary>
    IReadOnlyList<Resource> List(string ns, string type);

    /// <summary>Writes a resource that is not there yet.</summary>
    /// <returns>The resource as stored.</returns>
    /// <exception cref="StateException"><see cref="StateError.AlreadyExists"/>.</exception>
    Resource Create(Resource resource, string owner);

    /// <summary>Writes a new spec, labels and annotations over a resource; finalizers and phase stay.</summary>
    /// <param name="resource">Carries the version it was derived from; 0 to replace any version.</param>
    /// <param name="owner">Must be the owner of the resource.</param>
    /// <param name="expectedPhase">Phase it must be in; null for any.</param>
    /// <exception cref="StateException">Not found, other owner, other version or other phase.</exception>
    Resource Update(Resource resource, string owner, ResourcePhase? expectedPhase = ResourcePhase.Running);

    /// <summary>Asks for the end of a resource.</summary>
    /// <param name="address">Which one.</param>
    /// <param name="owner">Must be the owner of the resource.</param>
    /// <param name="destroyWhenFree">Whether it is destroyed by itself once its last finalizer is gone.</param>
    /// <returns>Whether no finalizer holds it.</returns>
    /// <exception cref="StateException">Not found or other owner.</exception>
    bool Teardown(ResourceAddress address, string owner, bool destroyWhenFree = false);

    /// <summary>Removes a resource.</summary>
    /// <exception cref="StateException">Not found, other owner or <see cref="StateError.FinalizersPending"/>.</exception>
    void Destroy(ResourceAddress address, string owner);

    /// <summary>Adds a finalizer; nothing happens when it is there.</summary>
    /// <exception cref="StateException">Not found, or <see cref="StateError.PhaseConflict"/> when it is being torn down.</exception>
    void AddFinalizer(ResourceAddress address, string finalizer);

    /// <summary>Removes a finalizer; nothing happens when it or the resource is gone.</summary>
    void RemoveFinalizer(ResourceAddress address, string finalizer);

    /// <summary>Begins to watch; events after this call are not missed.</summary>
    /// <exception cref="StateException"><see cref="StateError.InvalidBookmark"/>: too old or not of this state.</exception>
    IStateWatch Watch(string ns, string type, WatchOptions options);
}

/// <summary>A running watch; dispose it to end it.</summary>
public interface IStateWatch : IDisposable
{
    /// <summary>The events; ends only by cancellation, or after an <see cref="StateEventKind.Errored"/> event.</summary>
    IAsyncEnumerable<StateEvent> ReadAllAsync(CancellationToken ct);
}

/// <summary>What a watch delivers.</summary>
public sealed record WatchOptions
{
    /// <summary>Only this resource; null for all of the type.</summary>
    public string? Id { get; init; }

    /// <summary>Only resources that pass; one that begins or ceases to pass is seen as created or destroyed.</summary>
    public Func<Resource, bool>? Filter { get; init; }

    /// <summary>Whether what is there now comes first, as created events and a bootstrapped event.</summary>
    public bool BootstrapContents { get; init; }

    /// <summary>Whether a no-operation event with the current bookmark comes first.</summary>
    public bool BootstrapBookmark { get; init; }

    /// <summary>How many past events come first, at most <see cref="InMemoryState.HistoryLength"/>.</summary>
    public int TailEvents { get; init; }

    /// <summary>The bookmark after which to go on; null for now.</summary>
    public ulong? StartFromBookmark { get; init; }
}

/// <summary>What happened to a resource.</summary>
public enum StateEventKind
{
    /// <summary>It is there now.</summary>
    Created,

    /// <summary>It changed.</summary>
    Updated,

    /// <summary>It is gone.</summary>
    Destroyed,

    /// <summary>All that was there at the start of the watch has been delivered.</summary>
    Bootstrapped,

    /// <summary>The watch failed and ends.</summary>
    Errored,

    /// <summary>Carries a bookmark only.</summary>
    Noop,
}

/// <summary>One change of the state.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Resource">As it is now, or as it was last when destroyed; null when no resource is meant.</param>
/// <param name="Bookmark">Position in the history; a watch can go on after it.</param>
public sealed record StateEvent(StateEventKind Kind, Resource? Resource, ulong Bookmark)
{
    /// <summary>The resource before an update.</summary>
    public Resource? Old { get; init; }

    /// <summary>Why the watch failed.</summary>
    public string? Error { get; init; }
}
