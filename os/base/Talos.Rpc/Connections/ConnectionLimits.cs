namespace Talos.Rpc.Connections;

/// <summary>How many connections a server holds, and for how long it waits for those it does not know.</summary>
/// <remarks>
/// A stranger is a connection that has not shown a certificate of the cluster. Strangers compete with each other only: whoever has
/// shown one has room of his own, and administrators have room that readers cannot take.
/// </remarks>
public sealed record ConnectionLimits
{
    /// <summary>Strangers in total. The sum of all limits stays far below the 1,024 descriptors that a process may have at least.</summary>
    public int Strangers { get; init; } = 192;

    /// <summary>Strangers of one address (IPv4) or one /64 (IPv6).</summary>
    public int StrangersOfPeer { get; init; } = 96;

    /// <summary>Connections with a certificate in total.</summary>
    public int Members { get; init; } = 256;

    /// <summary>How many of those only administrators and other nodes can take.</summary>
    public int Reserved { get; init; } = 64;

    /// <summary>Connections of one certificate.</summary>
    public int OfMember { get; init; } = 64;

    /// <summary>Time for the first record, which is the client's: it speaks first.</summary>
    public TimeSpan FirstPacket { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time for the TLS handshake.</summary>
    public TimeSpan Handshake { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a stranger may stay; null for no limit.</summary>
    public TimeSpan? StrangerStay { get; init; }
}
