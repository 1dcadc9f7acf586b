namespace Talos.Ota.Engine;

/// <summary>Where an update is.</summary>
public enum UpdateState
{
    /// <summary>None has been asked for.</summary>
    Idle,
    /// <summary>The manifest is read and checked; nothing was written.</summary>
    Checking,
    /// <summary>Payloads are fetched and written to the inactive slot.</summary>
    Writing,
    /// <summary>What was written is read back from the medium.</summary>
    Verifying,
    /// <summary>The new slot starts at the next boot.</summary>
    TrialPending,
    /// <summary>The node runs from the new slot, which has yet to prove itself.</summary>
    Trial,
    /// <summary>The new slot is good.</summary>
    Committed,
    /// <summary>It was refused, an error ended it, or its trial failed.</summary>
    Failed,
    /// <summary>A person stopped it.</summary>
    Cancelled,
}
