using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Talos.Linux;

/// <summary>Who is at the other end of a unix socket, as the kernel recorded it at connect.</summary>
/// <param name="Pid">Process id.</param>
/// <param name="Uid">User id.</param>
/// <param name="Gid">Group id.</param>
/// <remarks>Source: SO_PEERCRED, unix(7).</remarks>
public sealed record PeerCredentials(int Pid, uint Uid, uint Gid)
{
    internal const int SolSocket = 1, SoPeerCred = 17;

    /// <summary>Credentials of the peer of a connected unix socket.</summary>
    public static PeerCredentials Of(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        Span<byte> data = stackalloc byte[12];
        socket.GetRawSocketOption(SolSocket, SoPeerCred, data);
        return new PeerCredentials(
            MemoryMarshal.Read<int>(data), MemoryMarshal.Read<uint>(data[4..]), MemoryMarshal.Read<uint>(data[8..]));
    }
}
