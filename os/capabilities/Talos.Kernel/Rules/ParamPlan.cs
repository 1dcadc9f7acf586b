using Talos.Resources.Kernel;

namespace Talos.Kernel.Rules;

/// <summary>Which value each kernel parameter should have.</summary>
internal static class ParamPlan
{
    /// <summary>The machine config wins over the defaults, except over those that harden the system.</summary>
    public static IReadOnlyDictionary<string, KernelParamSpec> Merge(
        IEnumerable<KeyValuePair<string, KernelParamDefaultSpec>> defaults, IEnumerable<KeyValuePair<string, KernelParamSpec>> wanted)
    {
        SortedDictionary<string, KernelParamSpec> plan = new(StringComparer.Ordinal);
        HashSet<string> enforced = [];
        foreach ((string id, KernelParamDefaultSpec spec) in defaults)
        {
            plan[id] = new KernelParamSpec { Value = spec.Value, IgnoreErrors = spec.IgnoreErrors };
            if (spec.Enforced)
            {
                enforced.Add(id);
            }
        }

        foreach ((string id, KernelParamSpec spec) in wanted.Where(w => !enforced.Contains(w.Key)))
        {
            plan[id] = spec;
        }

        return plan;
    }
}
