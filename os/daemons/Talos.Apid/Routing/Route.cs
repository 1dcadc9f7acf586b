using Grpc.Core;

namespace Talos.Apid.Routing;

/// <summary>Where a call goes.</summary>
internal abstract record Route
{
    private Route()
    {
    }

    /// <summary>To this node.</summary>
    public sealed record Local : Route;

    /// <summary>To one other node, answer passed on unchanged.</summary>
    public sealed record One(string Target) : Route;

    /// <summary>To several nodes, answers joined and each marked with its node.</summary>
    public sealed record Many(IReadOnlyList<string> Targets) : Route;

    /// <summary>Nowhere.</summary>
    public sealed record Refused(StatusCode Code, string Reason) : Route;
}
