namespace Talos.Rpc.Authorization;

/// <summary>What was found on STATE when it was read.</summary>
public enum ConfigFinding
{
    /// <summary>STATE was not read yet.</summary>
    NotRead = 0,

    /// <summary>No config with a machine type, so nobody owns the node.</summary>
    None = 1,

    /// <summary>A config that makes the node somebody's.</summary>
    Complete = 2,

    /// <summary>A config that cannot be used. It was somebody's, so the node is not given to the first who asks.</summary>
    Damaged = 3,
}
