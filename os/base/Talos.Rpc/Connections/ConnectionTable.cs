namespace Talos.Rpc.Connections;

/// <summary>Who holds connections, and who has to go when there are too many. Used inside one lock.</summary>
internal sealed class ConnectionTable(ConnectionLimits limits)
{
    private readonly LinkedList<Connection> _strangers = new();
    private readonly Dictionary<string, int> _strangersOfPeer = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _ofMember = new(StringComparer.Ordinal);
    private int _members;

    /// <summary>Strangers at present.</summary>
    public int Strangers => _strangers.Count;

    /// <summary>Connections with a certificate at present.</summary>
    public int Members => _members;

    /// <summary>Adds a stranger.</summary>
    /// <returns>Who has to go for it: of its own address when that has enough, else of the address that has the most; null for nobody.</returns>
    public (Connection Added, Connection? Evicted) Add(string peer)
    {
        int own = _strangersOfPeer.GetValueOrDefault(peer);
        Connection? evicted = own >= limits.StrangersOfPeer ? Victim(peer)
            : _strangers.Count >= limits.Strangers ? Victim(_strangersOfPeer.MaxBy(p => p.Value).Key)
            : null;
        if (evicted is not null)
        {
            Remove(evicted);
        }

        Connection added = new(peer);
        added.Node = _strangers.AddLast(added);
        _strangersOfPeer[peer] = _strangersOfPeer.GetValueOrDefault(peer) + 1;
        return (added, evicted);
    }

    /// <summary>Makes a stranger a member.</summary>
    /// <param name="connection">The stranger.</param>
    /// <param name="member">Whose certificate it showed.</param>
    /// <param name="isPrivileged">Whether it may use the reserved room.</param>
    /// <returns>Why it cannot stay; null when it can, or was removed already.</returns>
    public string? Recognise(Connection connection, string member, bool isPrivileged)
    {
        if (connection.Node is null)
        {
            return null;
        }

        int room = isPrivileged ? limits.Members : limits.Members - limits.Reserved;
        if (_members >= room)
        {
            return $"{_members} connections with a certificate are open, the limit is {room}";
        }

        int own = _ofMember.GetValueOrDefault(member);
        if (own >= limits.OfMember)
        {
            return $"{own} connections with this certificate are open, the limit is {limits.OfMember}";
        }

        Remove(connection);
        connection.Member = member;
        _ofMember[member] = own + 1;
        _members++;
        return null;
    }

    /// <summary>Removes a connection that ended; nothing happens when it is not there any more.</summary>
    public void Remove(Connection connection)
    {
        if (connection.Node is { } node)
        {
            _strangers.Remove(node);
            connection.Node = null;
            Decrement(_strangersOfPeer, connection.Peer);
        }
        else if (connection.Member is { } member)
        {
            connection.Member = null;
            _members--;
            Decrement(_ofMember, member);
        }
    }

    // Who has not said a word goes first, then who came first: an honest client speaks at once and is done soon.
    private Connection? Victim(string peer)
    {
        Connection? oldest = null;
        foreach (Connection stranger in _strangers)
        {
            if (stranger.Peer == peer)
            {
                oldest ??= stranger;
                if (!stranger.HasSpoken)
                {
                    return stranger;
                }
            }
        }

        return oldest;
    }

    private static void Decrement(Dictionary<string, int> counts, string key)
    {
        if (--counts[key] == 0)
        {
            counts.Remove(key);
        }
    }

    /// <summary>One connection.</summary>
    internal sealed class Connection(string peer)
    {
        /// <summary>Whom it is counted as.</summary>
        public string Peer { get; } = peer;

        /// <summary>Whether anything came over it.</summary>
        public bool HasSpoken { get; set; }

        /// <summary>Ends it.</summary>
        public Action? End { get; set; }

        /// <summary>Its place among the strangers; null when it is none.</summary>
        public LinkedListNode<Connection>? Node { get; set; }

        /// <summary>Whose certificate it showed; null for a stranger.</summary>
        public string? Member { get; set; }
    }
}
