namespace Talos.Cosi;

/// <summary>Why the state refused.</summary>
public enum StateError
{
    /// <summary>No such resource.</summary>
    NotFound,

    /// <summary>Create of what is there.</summary>
    AlreadyExists,

    /// <summary>It belongs to another owner.</summary>
    OwnerConflict,

    /// <summary>It changed since it was read.</summary>
    VersionConflict,

    /// <summary>It is in another phase.</summary>
    PhaseConflict,

    /// <summary>Finalizers still hold it.</summary>
    FinalizersPending,

    /// <summary>The bookmark is too old or not of this state.</summary>
    InvalidBookmark,
}

/// <summary>The state refused an operation and changed nothing.</summary>
public sealed class StateException(StateError error, ResourceAddress address, string problem)
    : Exception($"resource {address}: {problem}")
{
    /// <summary>The reason, for filters and status codes.</summary>
    public StateError Error { get; } = error;

    /// <summary>What was asked for.</summary>
    public ResourceAddress Address { get; } = address;
}
