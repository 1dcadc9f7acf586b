namespace Talos.Cosi;

/// <summary>The state in memory: one lock, one history a namespace and type.</summary>
public sealed class InMemoryState(TimeProvider time) : IState
{
    /// <summary>Events kept for watches that go on from a bookmark, each namespace and type.</summary>
    public const int HistoryLength = 256;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Namespace, string Type), ResourceCollection> _collections = [];
    private readonly HashSet<ResourceAddress> _destroyWhenFree = [];

    /// <inheritdoc/>
    public event Action<StateEvent>? Changed;

    /// <inheritdoc/>
    public Resource? Get(ResourceAddress address)
    {
        lock (_lock)
        {
            return Find(address);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<Resource> List(string ns, string type)
    {
        lock (_lock)
        {
            return [.. Collection(ns, type).Items.Values];
        }
    }

    /// <inheritdoc/>
    public Resource Create(Resource resource, string owner)
    {
        ArgumentNullException.ThrowIfNull(resource);
        lock (_lock)
        {
            if (Find(resource.Address) is not null)
            {
                throw new StateException(StateError.AlreadyExists, resource.Address, "already exists");
            }

            DateTimeOffset now = time.GetUtcNow();
            return Publish(StateEventKind.Created, null, resource with
            {
                Metadata = resource.Metadata with { Version = 1, Owner = owner, Created = now, Updated = now, Phase = ResourcePhase.Running },
            });
        }
    }

    /// <inheritdoc/>
    public Resource Update(Resource resource, string owner, ResourcePhase? expectedPhase = ResourcePhase.Running)
    {
        ArgumentNullException.ThrowIfNull(resource);
        lock (_lock)
        {
            Resource old = Owned(resource.Address, owner);
            if (expectedPhase is { } phase && old.Phase != phase)
            {
                throw new StateException(StateError.PhaseConflict, resource.Address, $"is {old.Phase}, not {phase}");
            }

            if (resource.Metadata.Version != 0 && resource.Metadata.Version != old.Metadata.Version)
            {
                throw new StateException(StateError.VersionConflict, resource.Address,
                    $"is at version {old.Metadata.Version}, the update was made from {resource.Metadata.Version}");
            }

            return Replace(old, resource with
            {
                Metadata = old.Metadata with { Labels = resource.Metadata.Labels, Annotations = resource.Metadata.Annotations },
            });
        }
    }

    /// <inheritdoc/>
    public bool Teardown(ResourceAddress address, string owner, bool destroyWhenFree = false)
    {
        lock (_lock)
        {
            Resource old = Owned(address, owner);
            if (old.Phase is ResourcePhase.Running)
            {
                old = Replace(old, old with { Metadata = old.Metadata with { Phase = ResourcePhase.TearingDown } });
            }

            bool free = old.Metadata.Finalizers.Count == 0;
            if (destroyWhenFree && free)
            {
                Publish(StateEventKind.Destroyed, null, old);
            }
            else if (destroyWhenFree)
            {
                _destroyWhenFree.Add(address);
            }

            return free;
        }
    }

    /// <inheritdoc/>
    public void Destroy(ResourceAddress address, string owner)
    {
        lock (_lock)
        {
            Resource old = Owned(address, owner);
            if (old.Metadata.Finalizers.Count > 0)
            {
                throw new StateException(StateError.FinalizersPending, address, $"is held by {old.Metadata.Finalizers}");
            }

            Publish(StateEventKind.Destroyed, null, old);
        }
    }

    /// <inheritdoc/>
    public void AddFinalizer(ResourceAddress address, string finalizer)
    {
        lock (_lock)
        {
            Resource old = Find(address) ?? throw NotFound(address);
            if (old.Metadata.Finalizers.Contains(finalizer))
            {
                return;
            }

            if (old.Phase is ResourcePhase.TearingDown)
            {
                throw new StateException(StateError.PhaseConflict, address, "is being torn down; no finalizer can be added");
            }

            Replace(old, old with { Metadata = old.Metadata with { Finalizers = [.. old.Metadata.Finalizers, finalizer] } });
        }
    }

    /// <inheritdoc/>
    public void RemoveFinalizer(ResourceAddress address, string finalizer)
    {
        lock (_lock)
        {
            if (Find(address) is not { } old || !old.Metadata.Finalizers.Contains(finalizer))
            {
                return;
            }

            Resource now = Replace(old, old with
            {
                Metadata = old.Metadata with { Finalizers = old.Metadata.Finalizers.Where(f => f != finalizer).ToValueList() },
            });

            if (now.Metadata.Finalizers.Count == 0 && _destroyWhenFree.Contains(address))
            {
                Publish(StateEventKind.Destroyed, null, now);
            }
        }
    }

    /// <inheritdoc/>
    public IStateWatch Watch(string ns, string type, WatchOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        lock (_lock)
        {
            return Collection(ns, type).Watch(new ResourceAddress(ns, type, options.Id ?? "*"), options, _lock);
        }
    }

    private Resource Replace(Resource old, Resource now) => Publish(StateEventKind.Updated, old, now with
    {
        Metadata = now.Metadata with { Version = old.Metadata.Version + 1, Updated = time.GetUtcNow() },
    });

    private Resource Publish(StateEventKind kind, Resource? old, Resource now)
    {
        ResourceCollection collection = Collection(now.Address.Namespace, now.Address.Type);
        if (kind is StateEventKind.Destroyed)
        {
            collection.Items.Remove(now.Id);
            _destroyWhenFree.Remove(now.Address);
        }
        else
        {
            collection.Items[now.Id] = now;
        }

        StateEvent happened = collection.Append(kind, old, now);
        Changed?.Invoke(happened);
        return now;
    }

    private Resource? Find(ResourceAddress address) =>
        _collections.TryGetValue((address.Namespace, address.Type), out ResourceCollection? collection)
            ? collection.Items.GetValueOrDefault(address.Id)
            : null;

    private Resource Owned(ResourceAddress address, string owner)
    {
        Resource resource = Find(address) ?? throw NotFound(address);
        return resource.Metadata.Owner == owner
            ? resource
            : throw new StateException(StateError.OwnerConflict, address, $"belongs to \"{resource.Metadata.Owner}\", not to \"{owner}\"");
    }

    private ResourceCollection Collection(string ns, string type)
    {
        if (!_collections.TryGetValue((ns, type), out ResourceCollection? collection))
        {
            _collections[(ns, type)] = collection = new ResourceCollection();
        }

        return collection;
    }

    private static StateException NotFound(ResourceAddress address) => new(StateError.NotFound, address, "does not exist");
}
