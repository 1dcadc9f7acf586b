using System.Net;

namespace Talos.Config;

/// <summary>A static address.</summary>
/// <param name="Address">The address.</param>
/// <param name="PrefixLength">Length of the network's prefix.</param>
/// <param name="RoutePriority">Metric of the network's route; null when not set.</param>
public sealed record LinkAddress(IPAddress Address, int PrefixLength, uint? RoutePriority);
