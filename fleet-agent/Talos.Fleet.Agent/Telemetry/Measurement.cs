using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent;

/// <summary>A measurement, and what it shows for the first time.</summary>
internal sealed record Measurement(Telemetry Telemetry, IReadOnlyList<DiskNews> News);

/// <summary>A disk began or ceased to warn.</summary>
internal sealed record DiskNews(string Kind, EventSeverity Severity, string Message)
{
    /// <summary>One event for all new warnings, one when the last is gone; pure.</summary>
    public static IEnumerable<DiskNews> Between(string disk, IReadOnlyList<string> before, IReadOnlyList<string> now)
    {
        string[] added = [.. now.Except(before)];
        if (added.Length > 0)
        {
            yield return new DiskNews("disk.warning", EventSeverity.Warning, $"{disk} warns: {string.Join(", ", added)}");
        }
        else if (now.Count == 0 && before.Count > 0)
        {
            yield return new DiskNews("disk.recovered", EventSeverity.Info, $"{disk} does not warn any more: {string.Join(", ", before)}");
        }
    }
}
