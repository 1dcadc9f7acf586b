namespace Talos.Fleet.Sparkplug;

/// <summary>A metric of a device at one moment.</summary>
/// <param name="Name">Its name; parts are set apart by <c>/</c>.</param>
/// <param name="Value">Its value.</param>
/// <param name="Unit">Unit, given in births as property <c>engUnit</c>; null for none.</param>
public sealed record SparkplugMetric(string Name, SparkplugValue Value, string? Unit = null);
