using Talos.Linux;

namespace Talos.Machined.Lifecycle;

/// <summary>The wipe that the kernel command line asks for: <c>talos.experimental.wipe=system</c> or <c>system:STATE,EPHEMERAL</c>.</summary>
internal static class BootWipe
{
    private const string Argument = "talos.experimental.wipe";

    /// <summary>Labels of the partitions to wipe; empty for none. Anything not understood wipes nothing.</summary>
    public static IReadOnlyList<string> Labels(KernelCommandLine commandLine)
    {
        string value = commandLine.Find(Argument) ?? "";
        if (value == "system")
        {
            return ResetOptions.Wipeable;
        }

        string[] labels = value.StartsWith("system:", StringComparison.Ordinal) ? value["system:".Length..].Split(',') : [];
        return labels.All(ResetOptions.Wipeable.Contains) ? labels : [];
    }
}
