namespace Talos.Trustd;

/// <summary>How many wrong tokens of one address are answered one by one: a few at once, then a steady trickle. Right ones cost nothing.</summary>
/// <param name="time">The clock.</param>
/// <param name="burst">Wrong tokens that may come at once.</param>
/// <param name="refill">Time after which one more may come.</param>
/// <param name="limit">Addresses that are remembered; the one unheard of for longest is forgotten first.</param>
internal sealed class GuessBudget(TimeProvider time, int burst, TimeSpan refill, int limit = GuessBudget.MostPeers)
{
    /// <summary>About 200 KB.</summary>
    public const int MostPeers = 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<Peer>> _peers = new(StringComparer.Ordinal);
    private readonly LinkedList<Peer> _byAge = new();

    /// <summary>Addresses that are remembered now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _peers.Count;
            }
        }
    }

    /// <summary>Counts a wrong token; false when there were too many.</summary>
    /// <param name="peer">The address.</param>
    public bool TryTake(string peer)
    {
        lock (_gate)
        {
            long now = time.GetTimestamp();
            double left = burst;
            if (_peers.Remove(peer, out LinkedListNode<Peer>? known))
            {
                _byAge.Remove(known);
                left = Math.Min(burst, known.Value.Left + (time.GetElapsedTime(known.Value.Seen, now) / refill));
            }

            bool taken = left >= 1;
            _peers[peer] = _byAge.AddLast(new Peer(peer, taken ? left - 1 : left, now));
            if (_peers.Count > limit)
            {
                _peers.Remove(_byAge.First!.Value.Address);
                _byAge.RemoveFirst();
            }

            return taken;
        }
    }

    private sealed record Peer(string Address, double Left, long Seen);
}
