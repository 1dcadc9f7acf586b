using System.Net;

namespace Talos.Config;

/// <summary>Names of an address in /etc/hosts.</summary>
/// <param name="Address">The address.</param>
/// <param name="Names">Its names.</param>
public sealed record StaticHost(IPAddress Address, IReadOnlyList<string> Names);
