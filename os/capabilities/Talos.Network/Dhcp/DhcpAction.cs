using System.Net;

namespace Talos.Network.Dhcp;

/// <summary>What the DHCP machine asks its surroundings to do.</summary>
internal abstract record DhcpAction
{
    /// <summary>Send to everybody on the link, from the unspecified address.</summary>
    public sealed record Broadcast(DhcpMessage Message) : DhcpAction;

    /// <summary>Send to one server, from the address of the lease.</summary>
    public sealed record Unicast(DhcpMessage Message, IPAddress From, IPAddress To) : DhcpAction;

    /// <summary>Find out whether somebody else has the address, then call <see cref="DhcpMachine.OnProbed"/>.</summary>
    public sealed record Probe(IPAddress Address) : DhcpAction;

    /// <summary>The lease is granted, or granted anew.</summary>
    public sealed record Granted(DhcpLease Lease) : DhcpAction;

    /// <summary>The lease must not be used any more.</summary>
    public sealed record Lost(string Reason) : DhcpAction;

    /// <summary>Something an operator should know: a refusal, a message or a value that was left out. It changes nothing.</summary>
    public sealed record Notice(string Text) : DhcpAction;
}
