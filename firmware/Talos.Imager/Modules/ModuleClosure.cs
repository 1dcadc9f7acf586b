namespace Talos.Imager.Modules;

/// <summary>Orders modules so that each comes after what it needs.</summary>
internal static class ModuleClosure
{
    /// <summary>The wanted modules and all they need, in an order in which they can be loaded.</summary>
    /// <param name="wanted">Names; unknown ones are refused, names built into the kernel are left out.</param>
    /// <param name="isBuiltIn">Whether the kernel has a module built in.</param>
    /// <param name="find">What a module needs; null when there is no such module.</param>
    /// <exception cref="ImagerException">A wanted or needed module does not exist.</exception>
    public static IReadOnlyList<string> Order(IEnumerable<string> wanted, Func<string, bool> isBuiltIn, Func<string, ModuleInfo?> find)
    {
        List<string> order = [];
        HashSet<string> seen = [];

        foreach (string name in wanted)
        {
            Visit(ModuleInfo.Normal(name), neededBy: null, optional: false);
        }

        return order;

        void Visit(string name, string? neededBy, bool optional)
        {
            if (isBuiltIn(name) || !seen.Add(name))
            {
                return;
            }

            ModuleInfo? info = find(name);
            if (info is null)
            {
                seen.Remove(name);
                if (optional)
                {
                    return;
                }

                throw new ImagerException(neededBy is null ? $"kernel module {name}: not in this kernel" : $"kernel module {name}, needed by {neededBy}: not in this kernel");
            }

            foreach (string before in info.Before)
            {
                Visit(before, name, optional: true);
            }

            foreach (string needed in info.Depends)
            {
                Visit(needed, name, optional: false);
            }

            order.Add(name);
        }
    }
}
