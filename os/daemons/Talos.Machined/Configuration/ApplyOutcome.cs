namespace Talos.Machined.Configuration;

/// <summary>What an apply did, or would do.</summary>
/// <param name="Mode">The mode used; never <see cref="ApplyMode.Auto"/>.</param>
/// <param name="Details">A sentence for the user; for a dry run with the difference.</param>
/// <param name="Warnings">What has no effect on this node.</param>
/// <param name="RebootNeeded">True: the caller starts a reboot.</param>
internal sealed record ApplyOutcome(ApplyMode Mode, string Details, IReadOnlyList<string> Warnings, bool RebootNeeded);
