namespace Talos.Fleet.Sparkplug;

/// <summary>A message to publish; none is retained.</summary>
/// <param name="Topic">Its topic.</param>
/// <param name="Payload">Its bytes.</param>
public sealed record SparkplugMessage(string Topic, byte[] Payload);
