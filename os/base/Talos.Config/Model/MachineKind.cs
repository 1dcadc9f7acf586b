namespace Talos.Config;

/// <summary>What a node is in its cluster: <c>machine.type</c>.</summary>
public enum MachineKind
{
    /// <summary>Runs the control plane; <c>controlplane</c>.</summary>
    ControlPlane,

    /// <summary>Runs workloads; <c>worker</c>.</summary>
    Worker,
}
