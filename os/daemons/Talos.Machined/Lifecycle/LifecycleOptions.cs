using Talos.Api.Machine;

namespace Talos.Machined.Lifecycle;

/// <summary>How hard a reboot is.</summary>
internal enum RebootMode
{
    /// <summary>Pods, services and mounts in order.</summary>
    Graceful,

    /// <summary>The same, and through the firmware rather than by any shortcut.</summary>
    PowerCycle,

    /// <summary>Pods are not waited for, and a sequence that hangs on its way down is taken over from.</summary>
    Force,
}

/// <summary>A reboot request after validation.</summary>
internal sealed record RebootOptions(RebootMode Mode)
{
    /// <summary>Reads a request.</summary>
    /// <exception cref="InvalidLifecycleRequestException">A field is out of range.</exception>
    public static RebootOptions Parse(RebootRequest request) => new(request.Mode switch
    {
        RebootRequest.Types.Mode.Default => RebootMode.Graceful,
        RebootRequest.Types.Mode.Powercycle => RebootMode.PowerCycle,
        RebootRequest.Types.Mode.Force => RebootMode.Force,
        _ => throw new InvalidLifecycleRequestException("mode", $"{(int)request.Mode} is not a reboot mode"),
    });
}

/// <summary>A shutdown request after validation.</summary>
/// <param name="Force">Pods are not waited for.</param>
internal sealed record ShutdownOptions(bool Force)
{
    /// <summary>Reads a request.</summary>
    public static ShutdownOptions Parse(ShutdownRequest request) => new(request.Force);
}

/// <summary>A reset request after validation.</summary>
/// <param name="Graceful">Pods are stopped as their grace period allows.</param>
/// <param name="Reboot">Restart afterwards; otherwise switch off.</param>
/// <param name="Partitions">Labels of the partitions to wipe.</param>
internal sealed record ResetOptions(bool Graceful, bool Reboot, IReadOnlyList<string> Partitions)
{
    /// <summary>The partitions that make this node what it is; the system itself lies elsewhere.</summary>
    public static readonly IReadOnlyList<string> Wipeable = ["EPHEMERAL", "STATE"];

    /// <summary>Reads a request. Without named partitions all that make this node what it is are wiped.</summary>
    /// <exception cref="InvalidLifecycleRequestException">A partition or disk that may not be wiped.</exception>
    public static ResetOptions Parse(ResetRequest request)
    {
        if (request.UserDisksToWipe.Count > 0)
        {
            throw new InvalidLifecycleRequestException("user_disks_to_wipe", "this system has no user disks");
        }

        if (request.Mode is ResetRequest.Types.WipeMode.UserDisks)
        {
            throw new InvalidLifecycleRequestException("mode", "this system has no user disks");
        }

        List<string> labels = [.. request.SystemPartitionsToWipe.Where(p => p.Wipe).Select(p => p.Label)];
        foreach (string label in labels)
        {
            if (!Wipeable.Contains(label))
            {
                throw new InvalidLifecycleRequestException(
                    "system_partitions_to_wipe", $"\"{label}\" is none of {string.Join(", ", Wipeable)}");
            }
        }

        if (request.SystemPartitionsToWipe.Count > 0 && labels.Count == 0)
        {
            throw new InvalidLifecycleRequestException("system_partitions_to_wipe", "no partition is marked to be wiped");
        }

        return new ResetOptions(request.Graceful, request.Reboot, labels.Count > 0 ? [.. labels.Distinct()] : Wipeable);
    }
}

/// <summary>A request field the caller must correct.</summary>
internal sealed class InvalidLifecycleRequestException(string field, string problem) : Exception($"{field}: {problem}");
