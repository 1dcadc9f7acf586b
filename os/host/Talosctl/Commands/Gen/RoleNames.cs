using Talos.Pki;
using Talosctl.Cli;

namespace Talosctl.Commands.Gen;

/// <summary>Role names from the command line.</summary>
internal static class RoleNames
{
    /// <summary>The same names, when each is a role.</summary>
    /// <exception cref="TalosctlException">One is not.</exception>
    public static IReadOnlyList<string> Check(IEnumerable<string> names)
    {
        List<string> known = [];
        foreach (string name in names.Select(n => n.Trim()).Where(n => n.Length > 0))
        {
            known.Add(Role.Find(name)?.Name
                ?? throw new TalosctlException($"role '{name}' is none of {string.Join(", ", Role.All.Select(r => r.Name))}"));
        }

        return known;
    }
}
