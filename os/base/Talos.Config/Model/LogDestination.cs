namespace Talos.Config;

/// <summary>Where log lines are sent, as JSON lines.</summary>
/// <param name="Endpoint"><c>tcp://</c> or <c>udp://</c> with a port.</param>
/// <param name="ExtraTags">Fields added to each line.</param>
public sealed record LogDestination(Uri Endpoint, IReadOnlyDictionary<string, string> ExtraTags);
