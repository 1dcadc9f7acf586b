using System.Net;
using System.Net.Sockets;

namespace Talos.Fleet.Hub.Identity;

/// <summary>Bounds what addresses try that have no good token. Only what was wrong counts, so that a fleet enrols behind one address as fast as it likes.</summary>
internal sealed class WrongTokens(TimeProvider time)
{
    /// <summary>So many may be wrong at once.</summary>
    public const int Burst = 20;

    /// <summary>So many more come to them in a minute.</summary>
    public const int PerMinute = 10;

    /// <summary>Addresses that are remembered.</summary>
    internal const int MaxAddresses = 10_000;

    private const int NotesPerHour = 60;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (double Left, long At)> _addresses = new(StringComparer.Ordinal);
    private (double Left, long At) _notes = (NotesPerHour, time.GetTimestamp());

    /// <summary>Whether an address may try; it costs nothing.</summary>
    public bool MayTry(IPAddress? from)
    {
        lock (_lock)
        {
            return Left(Key(from)) >= 1;
        }
    }

    /// <summary>Counts a try that was wrong.</summary>
    /// <returns>Whether to keep it in the audit log: the first ones of an address, and a bounded number of all.</returns>
    public bool Count(IPAddress? from)
    {
        lock (_lock)
        {
            string key = Key(from);
            double left = Left(key);
            long now = time.GetTimestamp();
            if (_addresses.Count >= MaxAddresses && !_addresses.ContainsKey(key))
            {
                Forget();
            }

            _addresses[key] = (left - 1, now);
            _notes = (Math.Min(NotesPerHour, _notes.Left + (time.GetElapsedTime(_notes.At, now).TotalHours * NotesPerHour)), now);
            bool note = left >= Burst - 2 && _notes.Left >= 1;
            _notes = note ? (_notes.Left - 1, now) : _notes;
            return note;
        }
    }

    private static string Key(IPAddress? from)
    {
        IPAddress address = from is null ? IPAddress.None : from.IsIPv4MappedToIPv6 ? from.MapToIPv4() : from;
        return address.AddressFamily is AddressFamily.InterNetworkV6 ? Convert.ToHexString(address.GetAddressBytes(), 0, 8) : address.ToString();
    }

    private double Left(string key) => _addresses.TryGetValue(key, out (double Left, long At) known)
        ? Math.Min(Burst, known.Left + (time.GetElapsedTime(known.At).TotalMinutes * PerMinute))
        : Burst;

    /// <summary>Drops addresses that have half of their tries again, and all of them when none have: to begin anew is cheaper than to keep all addresses that there are.</summary>
    private void Forget()
    {
        foreach (string key in _addresses.Keys.Where(k => Left(k) >= Burst / 2).ToList())
        {
            _addresses.Remove(key);
        }

        if (_addresses.Count >= MaxAddresses)
        {
            _addresses.Clear();
        }
    }
}
