using System.Text;
using Talos.Ota.Engine;

namespace Talos.Machined.Updates;

/// <summary>Controllers that failed before an update: a time server out of reach is not the new version's fault.</summary>
/// <param name="store">META.</param>
/// <param name="failing">Names of the controllers that fail now.</param>
internal sealed class TrialTolerance(IUpdateStore store, Func<IReadOnlyList<string>> failing)
{
    /// <summary>Tag in META: names, one a line.</summary>
    public const uint Tag = 0x89;

    /// <summary>META is small; whatever fails beyond this is not forgiven.</summary>
    private const int MostNames = 32;

    /// <summary>Keeps what fails now, for the trial that follows.</summary>
    public void Note()
    {
        IReadOnlyList<string> names = failing();
        if (names.Count > 0)
        {
            store.Write(Tag, Encoding.UTF8.GetBytes(string.Join('\n', names.Take(MostNames))));
        }
        else if (store.Find(Tag) is not null)
        {
            store.Delete(Tag);
        }
    }

    /// <summary>Those of the failing controllers that did not fail before the update.</summary>
    public IReadOnlyList<string> Beyond(IReadOnlyList<string> names) =>
        names.Count > 0 && store.Find(Tag) is { } stored
            ? [.. names.Except(Encoding.UTF8.GetString(stored.Span).Split('\n'))]
            : names;
}
