namespace Talos.Fleet.Rollouts;

/// <summary>What a plan has to fulfil.</summary>
public static class PlanRules
{
    /// <summary>The most waves of a plan.</summary>
    public const int MaxWaves = 32;

    /// <summary>Null for a good plan, or which member is wrong, with value and limit.</summary>
    public static string? Check(RolloutPlan plan) =>
        Text("name", plan.Name, 128)
        ?? Text("version", plan.Version, 128)
        ?? (plan.BundleId.Length == 64 && plan.BundleId.All(char.IsAsciiHexDigitLower) ? null : "bundleId: is not 64 lower-case hexadecimal digits")
        ?? Range("canary", plan.Canary, 0, 1000)
        ?? Range("maxParallel", plan.MaxParallel, 1, 10_000)
        ?? Percent("successPercent", plan.SuccessPercent)
        ?? Percent("errorPercent", plan.ErrorPercent)
        ?? (plan.ErrorCount is { } count ? Range("errorCount", count, 1, int.MaxValue) : null)
        ?? Range("soakSeconds", plan.SoakSeconds, 0, 30 * 86400)
        ?? Range("nodeTimeoutSeconds", plan.NodeTimeoutSeconds, 10, 30 * 86400)
        ?? Range("retries", plan.Retries, 0, 10)
        ?? Range("retryDelaySeconds", plan.RetryDelaySeconds, 0, 7 * 86400)
        ?? Range("holdBackAfter", plan.HoldBackAfter, 0, int.MaxValue)
        ?? Waves(plan.Waves)
        ?? WindowRules(plan.Windows);

    private static string? Waves(IReadOnlyList<RolloutWave> waves)
    {
        if (waves.Count > MaxWaves)
        {
            return $"waves: {waves.Count} are more than {MaxWaves}";
        }

        double before = 0;
        for (int i = 0; i < waves.Count; i++)
        {
            RolloutWave? wave = waves[i];
            if (wave is null)
            {
                return $"waves[{i}]: is null";
            }

            if ((wave.Percent is null) == (wave.Labels.Count == 0))
            {
                return $"waves[{i}]: has either percent or labels";
            }

            if (wave.Percent is { } percent)
            {
                if (!(percent > before && percent <= 100))
                {
                    return $"waves[{i}].percent: {percent} is not above {before} and at most 100; it counts all nodes that are through by then";
                }

                before = percent;
            }
        }

        return before is > 0 and < 100 ? $"waves: the last percent is {before}; it has to be 100, or nodes would be left out" : null;
    }

    private static string? WindowRules(IReadOnlyList<WindowRule> rules)
    {
        if (rules.Count > 16)
        {
            return $"windows: {rules.Count} are more than 16";
        }

        for (int i = 0; i < rules.Count; i++)
        {
            if ((rules[i] is null ? "is null" : Windows.Check(rules[i])) is { } problem)
            {
                return $"windows[{i}].{problem}";
            }
        }

        return null;
    }

    private static string? Text(string member, string value, int max) =>
        value.Length is 0 || value.Length > max ? $"{member}: {value.Length} characters; 1 to {max} are allowed" : null;

    private static string? Range(string member, int value, int min, int max) =>
        value < min || value > max ? $"{member}: {value} is not within {min} and {max}" : null;

    private static string? Percent(string member, double value) => value is > 0 and <= 100 ? null : $"{member}: {value} is not above 0 and at most 100";
}
