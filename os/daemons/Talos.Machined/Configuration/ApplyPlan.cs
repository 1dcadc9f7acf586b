using Talos.Config;

namespace Talos.Machined.Configuration;

/// <summary>What applying a config will do; decided before anything is touched.</summary>
/// <param name="Mode">The mode used.</param>
/// <param name="Persist">True: it is written.</param>
/// <param name="Activate">True: it takes effect at once.</param>
/// <param name="Details">A sentence for the user.</param>
internal sealed record ApplyPlan(ApplyMode Mode, bool Persist, bool Activate, string Details)
{
    /// <summary>Decides by the mode asked and by what changes.</summary>
    /// <param name="asked">The mode asked.</param>
    /// <param name="active">The config in effect; null when the node has none.</param>
    /// <param name="wanted">The new config, valid.</param>
    /// <exception cref="ConfigException">The change cannot be applied in this mode.</exception>
    public static ApplyPlan Make(ApplyMode asked, MachineConfiguration? active, MachineConfiguration wanted)
    {
        if (active is not { IsComplete: true })
        {
            return asked is ApplyMode.Try
                ? throw new ConfigException("a node without a machine config cannot try one: there is nothing to go back to")
                : new ApplyPlan(ApplyMode.NoReboot, true, true, "Applied to a node that had no machine config");
        }

        if (!wanted.IsComplete)
        {
            throw new ConfigException(
                [new ConfigProblem("machine.type", 0, "the field is missing: a configured node does not go back to maintenance this way")]);
        }

        IReadOnlyList<string> atBoot = ConfigChange.NeedingReboot(active.Yaml, wanted.Yaml);
        return asked switch
        {
            ApplyMode.Staged => new ApplyPlan(ApplyMode.Staged, true, false, "Written; takes effect at the next boot"),
            ApplyMode.Reboot => new ApplyPlan(ApplyMode.Reboot, true, false, "Written; the node reboots"),
            ApplyMode.Auto when atBoot.Count > 0 =>
                new ApplyPlan(ApplyMode.Reboot, true, false, $"Written; the node reboots for {string.Join(", ", atBoot)}"),
            _ when atBoot.Count > 0 => throw new ConfigException(
                [.. atBoot.Select(p => new ConfigProblem(p, 0, "a change of this field needs a reboot; use mode reboot, auto or staged"))]),
            ApplyMode.Try => new ApplyPlan(ApplyMode.Try, false, true, "Applied without a reboot"),
            _ => new ApplyPlan(ApplyMode.NoReboot, true, true, "Applied without a reboot"),
        };
    }

    /// <summary>What a dry run answers: what would be done, and the difference.</summary>
    public string DryRunDetails(MachineConfiguration? active, MachineConfiguration wanted)
    {
        string difference = ConfigDiff.Between(active?.Yaml ?? "", wanted.Yaml);
        return $"Dry run, nothing was changed: {Details}\n{(difference.Length > 0 ? difference : "No changes.\n")}";
    }
}
