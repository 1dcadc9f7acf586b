using System.Runtime.InteropServices;
using Talos.Api.Machine;

namespace Talos.Machined.Api;

/// <summary>Which API this node speaks, and what it runs on.</summary>
internal static class NodeVersion
{
    /// <summary>
    /// Clients compare it with their own version and choose their way of updating by it: this one has the lifecycle
    /// service, and all ways of applying a config.
    /// </summary>
    public const string Tag = "v1.13.9";

    public static VersionInfo Info { get; } = new()
    {
        Tag = Tag,
        Sha = "edge",
        Built = "",
        GoVersion = RuntimeInformation.FrameworkDescription,
        Os = "linux",
        Arch = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 ? "arm64" : "amd64",
    };
}
