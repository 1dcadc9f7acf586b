using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent;

/// <summary>Composes the reported state; pure.</summary>
internal static class StateReport
{
    public static ReportedState Compose(AgentSettings settings, AgentState state, string agentVersion)
    {
        NodeFacts facts = state.Facts;
        return new ReportedState
        {
            Time = default,
            Unsynced = !facts.ClockSynced,
            BootId = facts.BootId,
            BootReason = facts.BootReason,
            Board = settings.Board,
            Architecture = facts.Architecture,
            Hostname = facts.Hostname,
            Version = facts.Version,
            Slot = facts.Update?.Slot,
            Slots = facts.Update?.Slots ?? [],
            Update = facts.Update is { } update ? Report(update) : null,
            Stage = facts.Stage,
            Unmet = facts.Unmet,
            Kubernetes = facts.Kubernetes,
            Addresses = facts.Addresses,
            ConfigHash = settings.ConfigHash is { Length: > 0 } hash ? hash : null,
            Labels = settings.Labels,
            Desired = state.Desired,
            TelemetryIntervalSeconds = (int)state.TelemetryInterval.TotalSeconds,
            LogLevel = state.LogLevel,
            CertificateExpires = state.Identity is { } identity ? WireTimeConverter.Rounded(identity.NotAfter) : null,
            Agent = agentVersion,
        };
    }

    private static UpdateReport Report(UpdateFacts update) => new()
    {
        Phase = update.Phase,
        Version = Text(update.Version, 128),
        Message = Text(update.Message, 1024),
        // In steps, so that a long download costs ten messages at most.
        Percent = update.Percent / 10 * 10,
        FallbackVersion = Text(update.FallbackVersion, 128),
        FallbackReason = Text(update.FallbackReason, 1024),
    };

    private static string? Text(string text, int max)
    {
        string clean = EventRecorder.Clean(text);
        return clean.Length == 0 ? null : clean.Length <= max ? clean : clean[..max];
    }
}
