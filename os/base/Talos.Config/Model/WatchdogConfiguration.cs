namespace Talos.Config;

/// <summary>The hardware watchdog.</summary>
/// <param name="Device">Device, such as <c>/dev/watchdog0</c>.</param>
/// <param name="Timeout">At least 10 s.</param>
public sealed record WatchdogConfiguration(string Device, TimeSpan Timeout);
