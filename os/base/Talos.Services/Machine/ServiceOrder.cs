namespace Talos.Services.Machine;

/// <summary>In which order services that depend on each other are stopped.</summary>
internal static class ServiceOrder
{
    /// <summary>The wanted services and all that depend on them, dependents before what they depend on.</summary>
    /// <param name="ids">Services to stop.</param>
    /// <param name="dependsOn">What each known service depends on; unknown names are left out.</param>
    /// <remarks>A circle of dependencies is broken at the service seen first.</remarks>
    public static IReadOnlyList<string> ToStop(IEnumerable<string> ids, IReadOnlyDictionary<string, IReadOnlyList<string>> dependsOn)
    {
        List<string> order = [];
        HashSet<string> seen = [];
        foreach (string id in ids.Order(StringComparer.Ordinal))
        {
            Visit(id, dependsOn, seen, order);
        }

        return order;
    }

    private static void Visit(
        string id, IReadOnlyDictionary<string, IReadOnlyList<string>> dependsOn, HashSet<string> seen, List<string> order)
    {
        if (!dependsOn.ContainsKey(id) || !seen.Add(id))
        {
            return;
        }

        foreach (string dependent in dependsOn.Where(s => s.Value.Contains(id)).Select(s => s.Key).Order(StringComparer.Ordinal))
        {
            Visit(dependent, dependsOn, seen, order);
        }

        order.Add(id);
    }
}
