namespace Talos.Network.Dhcp;

/// <summary>Collects the options of a message out of its areas.</summary>
/// <remarks>
/// An option that stands more than once is one option in pieces, which are joined. Source: RFC 3396, section 5. Servers repeat
/// options of fixed length whole, though; joined they would have no length that is right, so of these the first counts.
/// </remarks>
internal sealed class DhcpOptions
{
    /// <summary>Options of fixed length and how many bytes they have. Source: RFC 2132.</summary>
    public static IReadOnlyDictionary<DhcpOption, int> FixedLengths { get; } = new Dictionary<DhcpOption, int>
    {
        [DhcpOption.SubnetMask] = 4,
        [DhcpOption.InterfaceMtu] = 2,
        [DhcpOption.BroadcastAddress] = 4,
        [DhcpOption.RequestedAddress] = 4,
        [DhcpOption.LeaseTime] = 4,
        [DhcpOption.Overload] = 1,
        [DhcpOption.MessageType] = 1,
        [DhcpOption.ServerIdentifier] = 4,
        [DhcpOption.MaxMessageSize] = 2,
        [DhcpOption.RenewalTime] = 4,
        [DhcpOption.RebindingTime] = 4,
    };

    private readonly Dictionary<DhcpOption, byte[]> _values = [];

    /// <summary>The options read so far.</summary>
    public IReadOnlyDictionary<DhcpOption, byte[]> Values => _values;

    /// <summary>The first option that ran past the end of its area; null when all fit.</summary>
    public DhcpOption? Cut { get; private set; }

    /// <summary>Reads one area up to the End option, to its last byte or to an option that does not fit.</summary>
    public void Read(ReadOnlySpan<byte> area)
    {
        while (!area.IsEmpty && (DhcpOption)area[0] is not DhcpOption.End)
        {
            DhcpOption code = (DhcpOption)area[0];
            if (code is DhcpOption.Pad)
            {
                area = area[1..];
                continue;
            }

            if (area.Length < 2 || area.Length < 2 + area[1])
            {
                Cut ??= code;
                return;
            }

            Add(code, area.Slice(2, area[1]));
            area = area[(2 + area[1])..];
        }
    }

    private void Add(DhcpOption code, ReadOnlySpan<byte> piece)
    {
        ReadOnlySpan<byte> earlier = _values.GetValueOrDefault(code, []);
        if (!FixedLengths.TryGetValue(code, out int length))
        {
            _values[code] = [.. earlier, .. piece];
        }
        else if (earlier.Length != length)
        {
            byte[] whole = piece.Length == length ? piece.ToArray() : [.. earlier, .. piece];
            _values[code] = whole[..Math.Min(whole.Length, length)];
        }
    }
}
