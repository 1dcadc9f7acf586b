namespace Talos.Cosi;

/// <summary>The declared slice of a state for one controller.</summary>
/// <param name="controller">Whose declarations count.</param>
/// <param name="state">The state behind it.</param>
public sealed class ControllerContext(IController controller, IState state) : IControllerContext
{
    /// <summary>The shortest delay asked for by <see cref="RequeueAfter"/>; null when none was.</summary>
    public TimeSpan? RequeueDelay { get; private set; }

    /// <inheritdoc/>
    public Resource<T>? Find<T>(string id, string? ns = null) where T : class, IResourceSpec<T>
    {
        RequireReadable(T.Definition);
        return state.Get(Address<T>(id, ns)) as Resource<T>;
    }

    /// <inheritdoc/>
    public IReadOnlyList<Resource<T>> List<T>(string? ns = null) where T : class, IResourceSpec<T>
    {
        RequireReadable(T.Definition);
        return [.. state.List(ns ?? T.Definition.Namespace, T.Definition.Type).OfType<Resource<T>>()];
    }

    /// <inheritdoc/>
    public Task WriteAsync<T>(string id, T spec, CancellationToken ct, string? ns = null, ValueMap? labels = null)
        where T : class, IResourceSpec<T>
    {
        RequireOutput(T.Definition);
        Resource<T> wanted = Resource<T>.Create(id, spec, ns);
        if (state.Get(wanted.Address) is not { } existing)
        {
            state.Create(wanted with { Metadata = wanted.Metadata with { Labels = labels ?? ValueMap.Empty } }, controller.Name);
            return Task.CompletedTask;
        }

        ValueMap newLabels = labels ?? existing.Metadata.Labels;
        if (existing.Phase is ResourcePhase.Running && existing.SpecEquals(wanted) && existing.Metadata.Labels.Equals(newLabels)
            && existing.Metadata.Owner == controller.Name)
        {
            return Task.CompletedTask;
        }

        state.Update(wanted with { Metadata = existing.Metadata with { Version = 0, Labels = newLabels } }, controller.Name);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task DestroyAsync<T>(string id, CancellationToken ct, string? ns = null) where T : class, IResourceSpec<T>
    {
        RequireOutput(T.Definition);
        ResourceAddress address = Address<T>(id, ns);
        if (state.Get(address) is not null)
        {
            state.Teardown(address, controller.Name, destroyWhenFree: true);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task KeepOnlyAsync<T>(IReadOnlyCollection<string> ids, CancellationToken ct, string? ns = null) where T : class, IResourceSpec<T>
    {
        RequireOutput(T.Definition);
        foreach (Resource resource in state.List(ns ?? T.Definition.Namespace, T.Definition.Type))
        {
            if (resource.Metadata.Owner == controller.Name && !ids.Contains(resource.Id))
            {
                state.Teardown(resource.Address, controller.Name, destroyWhenFree: true);
            }
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task AddFinalizerAsync<T>(Resource<T> resource, CancellationToken ct) where T : class, IResourceSpec<T>
    {
        RequireStrong(T.Definition);
        state.AddFinalizer(resource.Address, controller.Name);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task RemoveFinalizerAsync<T>(Resource<T> resource, CancellationToken ct) where T : class, IResourceSpec<T>
    {
        RequireStrong(T.Definition);
        state.RemoveFinalizer(resource.Address, controller.Name);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void RequeueAfter(TimeSpan delay) => RequeueDelay = RequeueDelay is { } earlier && earlier < delay ? earlier : delay;

    private static ResourceAddress Address<T>(string id, string? ns) where T : class, IResourceSpec<T> =>
        new(ns ?? T.Definition.Namespace, T.Definition.Type, id);

    private void RequireReadable(ResourceDefinition definition)
    {
        if (!controller.Inputs.Any(i => i.Resource.Type == definition.Type) && !controller.Outputs.Any(o => o.Resource.Type == definition.Type))
        {
            throw new InvalidOperationException($"controller {controller.Name} reads {definition.Type}, which is not a declared input");
        }
    }

    private void RequireStrong(ResourceDefinition definition)
    {
        if (!controller.Inputs.Any(i => i.Resource.Type == definition.Type && i.Kind is InputKind.Strong))
        {
            throw new InvalidOperationException($"controller {controller.Name} holds {definition.Type}, which is not a strong input");
        }
    }

    private void RequireOutput(ResourceDefinition definition)
    {
        if (!controller.Outputs.Any(o => o.Resource.Type == definition.Type))
        {
            throw new InvalidOperationException($"controller {controller.Name} writes {definition.Type}, which is not a declared output");
        }
    }
}
