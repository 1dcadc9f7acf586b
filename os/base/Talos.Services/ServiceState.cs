namespace Talos.Services;

/// <summary>State of a service. Numbers as in the machine API's <c>ServiceStateEvent.Action</c>.</summary>
public enum ServiceState
{
    /// <summary>Known, not asked for.</summary>
    Initialized = 0,

    /// <summary>Its control group and paths are made.</summary>
    Preparing = 1,

    /// <summary>For its dependencies, or for the end of a pause after a failure.</summary>
    Waiting = 2,

    /// <summary>Its process runs.</summary>
    Running = 3,

    /// <summary>Its process was asked to end.</summary>
    Stopping = 4,

    /// <summary>Ended as wished.</summary>
    Finished = 5,

    /// <summary>Ended with an error, not to be started again.</summary>
    Failed = 6,

    /// <summary>Does not apply to this node.</summary>
    Skipped = 7,

    /// <summary>Its process is being made.</summary>
    Starting = 8,
}
