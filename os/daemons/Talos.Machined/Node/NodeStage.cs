using Talos.Resources.Runtime;

namespace Talos.Machined.Node;

/// <summary>What the node is doing; the sequences set it.</summary>
internal sealed class NodeStage
{
    private readonly Lock _lock = new();
    private (MachineStage Stage, string? Problem) _now = (MachineStage.Booting, null);

    /// <summary>Told after each change; must return at once.</summary>
    public event Action? Changed;

    /// <summary>The stage, and what went wrong in it; null when nothing did.</summary>
    public (MachineStage Stage, string? Problem) Now
    {
        get
        {
            lock (_lock)
            {
                return _now;
            }
        }
    }

    /// <summary>Enters a stage.</summary>
    public void Set(MachineStage stage, string? problem = null)
    {
        lock (_lock)
        {
            if (_now == (stage, problem))
            {
                return;
            }

            _now = (stage, problem);
        }

        Changed?.Invoke();
    }
}
