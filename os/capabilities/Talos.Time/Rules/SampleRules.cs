using Talos.Time.Ntp;

namespace Talos.Time.Rules;

/// <summary>Which answers of servers are believed.</summary>
/// <remarks>Source: RFC 5905, sections 8, 11.2.1 and A.5.5.</remarks>
internal static class SampleRules
{
    private static readonly TimeSpan LargestDistance = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan Precision = TimeSpan.FromMilliseconds(1);

    /// <summary>Turns a packet into a measurement, or says why not.</summary>
    /// <param name="server">Name of the server, for the answer.</param>
    /// <param name="packet">The packet.</param>
    /// <param name="cookie">What the request carried.</param>
    /// <param name="sent">This clock when the request was sent.</param>
    /// <param name="waited">Time until the packet came, by a clock that does not jump.</param>
    /// <param name="earliest">No right clock shows an earlier time.</param>
    public static NtpAnswer Judge(string server, NtpPacket packet, ulong cookie, DateTimeOffset sent, TimeSpan waited, DateTimeOffset earliest)
    {
        NtpAnswer.Failed No(string reason) => new(server, reason);

        if (packet.Mode != 4 || packet.Version is < 3 or > 4 || packet.Originate != cookie)
        {
            return No("it is no answer to the request");
        }

        if (packet.KissCode is { Length: > 0 } code)
        {
            return new NtpAnswer.Kiss(server, code);
        }

        if (packet.Leap == 3 || packet.Stratum is 0 or > 15 || packet.Transmit == 0)
        {
            return No("the server is not in step itself") with { NotInStep = true };
        }

        DateTimeOffset near = sent > earliest ? sent : earliest;
        DateTimeOffset received = NtpTime.ToTime(packet.Receive, near);
        DateTimeOffset transmitted = NtpTime.ToTime(packet.Transmit, near);
        if (transmitted < earliest)
        {
            return No($"its time {transmitted:O} is before {earliest:O}");
        }

        TimeSpan delay = waited - (transmitted - received);
        TimeSpan offset = ((received - sent) + (transmitted - (sent + waited))) / 2;
        TimeSpan distance = (delay.Duration() / 2) + (packet.RootDelay / 2) + packet.RootDispersion + Precision;
        return transmitted < received || delay < -Precision || distance > LargestDistance
            ? No($"its error of {distance.TotalMilliseconds:F0} ms is more than {LargestDistance.TotalMilliseconds:F0} ms")
            : new NtpAnswer.Measured(server, new NtpSample(offset, delay, distance));
    }

    /// <summary>The measurement to go by: of those whose intervals most servers share, the one with the smallest error.</summary>
    /// <returns>Null when there is none, or three or more servers contradict each other without a majority.</returns>
    public static NtpAnswer.Measured? Select(IReadOnlyList<NtpAnswer.Measured> answers)
    {
        IReadOnlyList<NtpAnswer.Measured> best = [];
        foreach (NtpAnswer.Measured candidate in answers)
        {
            // The largest set that shares a point shares the lower end of one of its intervals.
            TimeSpan point = candidate.Sample.Offset - candidate.Sample.RootDistance;
            List<NtpAnswer.Measured> sharing = [.. answers.Where(a => (a.Sample.Offset - point).Duration() <= a.Sample.RootDistance)];
            best = sharing.Count > best.Count ? sharing : best;
        }

        return answers.Count >= 3 && best.Count * 2 <= answers.Count ? null : best.MinBy(a => a.Sample.RootDistance);
    }
}
