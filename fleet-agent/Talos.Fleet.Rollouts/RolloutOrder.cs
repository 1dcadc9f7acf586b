using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Talos.Fleet.Rollouts;

/// <summary>Which node is in which wave, and which comes first; the same for the same rollout and nodes, in whatever order they are given.</summary>
public static class RolloutOrder
{
    /// <summary>Where a node stands in a rollout: the lower, the earlier.</summary>
    public static ulong Of(string rollout, string node)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{rollout}/{node}"), hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash);
    }

    /// <summary>Names of all waves, the canary's first when there is one.</summary>
    public static IReadOnlyList<string> Names(RolloutPlan plan)
    {
        List<string> names = plan.Canary > 0 ? ["canary"] : [];
        names.AddRange(plan.Waves.Count == 0 ? ["all"] : plan.Waves.Select((w, i) => w.Name ?? (w.Percent is { } p ? $"to {p} %" : string.Join(',', w.Labels.Select(l => $"{l.Key}={l.Value}")))));
        return names;
    }

    /// <summary>The wave of each node that takes part; nodes in no wave are left out.</summary>
    public static IReadOnlyList<(Candidate Node, int Wave)> Assign(string rollout, RolloutPlan plan, IEnumerable<Candidate> candidates)
    {
        List<Candidate> left = [.. candidates.Where(plan.Selector.Fits).OrderBy(c => Of(rollout, c.Node)).ThenBy(c => c.Node, StringComparer.Ordinal)];
        int all = left.Count;
        List<(Candidate, int)> result = new(all);
        int wave = 0;

        void Take(IEnumerable<Candidate> nodes)
        {
            HashSet<Candidate> taken = new(nodes, ReferenceEqualityComparer.Instance);
            result.AddRange(left.Where(taken.Contains).Select(c => (c, wave)));
            left.RemoveAll(taken.Contains);
            wave++;
        }

        if (plan.Canary > 0)
        {
            Take([.. left.Where(c => plan.Force || c.Version != plan.Version).GroupBy(c => c.Board, StringComparer.Ordinal).SelectMany(g => g.Take(plan.Canary))]);
        }

        foreach (RolloutWave next in plan.Waves.Count == 0 ? [new RolloutWave { Percent = 100 }] : plan.Waves)
        {
            int through = next.Percent is { } percent ? (int)Math.Ceiling(all * percent / 100) - result.Count : 0;
            Take([.. next.Percent is null ? left.Where(c => c.Has(next.Labels)) : left.Take(Math.Max(0, through))]);
        }

        return result;
    }

    /// <summary>The wave of a node that came after the rollout was made: the last one that takes it, and never the canary's; null when none does.</summary>
    public static int? Late(RolloutPlan plan, Candidate node)
    {
        int first = plan.Canary > 0 ? 1 : 0;
        int last = plan.Waves.Count == 0 ? 0 : plan.Waves.ToList().FindLastIndex(w => w.Percent is not null || node.Has(w.Labels));
        return plan.Selector.Fits(node) && last >= 0 ? first + last : null;
    }
}
