namespace Talos.Machined.Updates.Migrations;

/// <summary>What is done with a step of the data's format.</summary>
internal enum MigrationAction
{
    /// <summary>Put back what was copied before the step; the format is the one before it then.</summary>
    Restore,

    /// <summary>Copy what the step may write, and do it.</summary>
    Up,

    /// <summary>Taking the step back was cut: put back what was copied before that; the format stays.</summary>
    Unleave,

    /// <summary>The step was taken back whole: say so, the format is the one before it.</summary>
    Left,
}

/// <summary>One thing to do.</summary>
/// <param name="Action">What.</param>
/// <param name="Format">The step: it leads from the format before to this one.</param>
internal readonly record struct MigrationStep(MigrationAction Action, int Format);

/// <summary>What lies on a volume.</summary>
/// <param name="Format">Format of the data.</param>
/// <param name="Before">Steps with complete copies of what was before them.</param>
/// <param name="Leaving">Steps with complete copies of what was before they were taken back.</param>
internal sealed record MigrationState(int Format, IReadOnlySet<int> Before, IReadOnlySet<int> Leaving);

/// <summary>Decides how data comes to the format the running version reads.</summary>
internal static class MigrationPlan
{
    /// <summary>Plans a boot.</summary>
    /// <param name="state">What lies on the volume.</param>
    /// <param name="known">Newest format the running version knows.</param>
    /// <exception cref="MigrationException">The data is too new and there are no copies to go back to.</exception>
    public static IReadOnlyList<MigrationStep> ForBoot(MigrationState state, int known)
    {
        List<MigrationStep> steps = [];
        int format = state.Format;
        HashSet<int> before = [.. state.Before];

        // The copy of what was before the step goes first when a step is taken back: it is there, or the way back was whole.
        foreach (int left in state.Leaving.OrderDescending())
        {
            bool whole = left > format || !before.Contains(left);
            steps.Add(new MigrationStep(whole ? MigrationAction.Left : MigrationAction.Unleave, left));
            format = whole ? Math.Min(format, left - 1) : format;
        }

        // A copy of the step after the format: that step was cut in the middle.
        if (before.Contains(format + 1))
        {
            steps.Add(new MigrationStep(MigrationAction.Restore, format + 1));
        }

        for (; format > known; format--)
        {
            steps.Add(before.Contains(format)
                ? new MigrationStep(MigrationAction.Restore, format)
                : throw new MigrationException(
                    $"the data has format {state.Format}, this version reads up to {known}, and what was before format {format} is not kept: start the newer version again"));
        }

        for (format++; format <= known; format++)
        {
            steps.Add(new MigrationStep(MigrationAction.Up, format));
        }

        return steps;
    }

    /// <summary>Steps to take back before the other slot's version starts, newest first: those that this slot's version made.</summary>
    public static IReadOnlyList<int> ForLeaving(MigrationState state, int known)
    {
        List<int> steps = [];
        for (int format = state.Format; format <= known && state.Before.Contains(format); format--)
        {
            steps.Add(format);
        }

        return steps;
    }
}

/// <summary>Data that cannot be brought to the format the running version reads.</summary>
internal sealed class MigrationException(string message, Exception? inner = null) : Exception(message, inner);
