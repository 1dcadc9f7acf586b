using Talosctl.Cli;

namespace Talosctl.Configuration;

/// <summary>A client configuration: contexts by name, and the one in use.</summary>
internal sealed record Talosconfig
{
    /// <summary>Name of the context in use; empty when none is.</summary>
    public string Context { get; init; } = "";

    public IReadOnlyDictionary<string, TalosconfigContext> Contexts { get; init; } = new SortedDictionary<string, TalosconfigContext>(StringComparer.Ordinal);

    /// <summary>The context in use, or the one named.</summary>
    /// <exception cref="TalosctlException">There is none of that name.</exception>
    public TalosconfigContext Selected(string? name)
    {
        string wanted = name ?? Context;
        return wanted.Length == 0
            ? throw new TalosctlException("no context is set: use --context or `talosctl config context NAME`")
            : Contexts.GetValueOrDefault(wanted)
                ?? throw new TalosctlException($"context \"{wanted}\" is not defined: known are {(Contexts.Count == 0 ? "none" : string.Join(", ", Contexts.Keys))}");
    }

    public Talosconfig With(string name, TalosconfigContext context) =>
        this with { Contexts = new SortedDictionary<string, TalosconfigContext>(Contexts.ToDictionary(), StringComparer.Ordinal) { [name] = context } };

    public Talosconfig Without(IEnumerable<string> names) => this with
    {
        Contexts = new SortedDictionary<string, TalosconfigContext>(
            Contexts.Where(c => !names.Contains(c.Key)).ToDictionary(), StringComparer.Ordinal),
    };

    /// <summary>Adds the contexts of another configuration; a name that is taken gets a number.</summary>
    /// <returns>The configuration and, for each context that was renamed, its old and new name.</returns>
    public (Talosconfig Merged, IReadOnlyList<(string From, string To)> Renamed) Merge(Talosconfig other)
    {
        Talosconfig merged = this;
        List<(string, string)> renamed = [];
        foreach ((string name, TalosconfigContext context) in other.Contexts)
        {
            string free = name;
            for (int i = 1; merged.Contexts.ContainsKey(free); i++)
            {
                free = $"{name}-{i}";
            }

            if (free != name)
            {
                renamed.Add((name, free));
            }

            merged = merged.With(free, context);
            if (name == other.Context)
            {
                merged = merged with { Context = free };
            }
        }

        return (merged, renamed);
    }
}
