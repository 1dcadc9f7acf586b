using Talos.Linux;

namespace Talos.Kernel;

/// <summary>Arguments without which the node does not go on: they harden the kernel and cannot be set later.</summary>
public static class KernelRequirements
{
    private static readonly (string Name, string Value)[] Required = [("slab_nomerge", ""), ("pti", "on")];

    /// <summary>What is missing, as it should be written; empty when all is there.</summary>
    public static IReadOnlyList<string> Missing(KernelCommandLine commandLine)
    {
        ArgumentNullException.ThrowIfNull(commandLine);
        return
        [
            .. Required
                .Where(r => commandLine.Find(r.Name) != r.Value)
                .Select(r => r.Value.Length == 0 ? r.Name : $"{r.Name}={r.Value}"),
        ];
    }
}
