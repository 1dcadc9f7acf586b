using System.Net;

namespace Talos.Network.Dhcp;

/// <summary>What a client remembers of servers: which of them let it down, and what was said about them already.</summary>
/// <remarks>Strangers fill it, so each part is bounded.</remarks>
internal sealed class DhcpMemory
{
    private const int MostServers = 16;
    private const int MostNotices = 64;
    private const int MostFailures = 4;

    private readonly Dictionary<IPAddress, int> _failures = [];
    private readonly HashSet<string> _told = [];
    private readonly HashSet<IPAddress> _refusing = [];

    /// <summary>How often a server made an offer that came to nothing, 4 at most.</summary>
    public int Failures(IPAddress server) => _failures.GetValueOrDefault(server);

    /// <summary>A server made an offer that came to nothing: it refused or never acknowledged it, or the address was in use.</summary>
    public void Failed(IPAddress server)
    {
        if (_failures.Count < MostServers || _failures.ContainsKey(server))
        {
            _failures[server] = Math.Min(Failures(server) + 1, MostFailures);
        }
    }

    /// <summary>An offer became a lease: what happened before counts no more.</summary>
    public void Succeeded() => _failures.Clear();

    /// <summary>Whether a text was not said since <see cref="Forget"/> and may be said now.</summary>
    public bool Once(string text) => _told.Count < MostNotices && _told.Add(text);

    /// <summary>Whether this is the first refusal of a server in this transaction.</summary>
    public bool FirstRefusal(IPAddress? server) => _refusing.Count < MostServers && _refusing.Add(server ?? IPAddress.Any);

    /// <summary>A new transaction begins.</summary>
    public void NewTransaction() => _refusing.Clear();

    /// <summary>The link may lead elsewhere now: everything may be said again.</summary>
    public void Forget()
    {
        _told.Clear();
        _failures.Clear();
    }
}
