using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent;

/// <summary>The broker gave the node's session to another client with the same identity, or it looks like that.</summary>
/// <param name="message">What was said or seen.</param>
/// <param name="isSure">The broker said it.</param>
internal sealed class TakenOverException(string message, bool isSure) : Exception(message)
{
    /// <summary>Whether the broker said it; else it is a guess.</summary>
    public bool IsSure => isSure;
}

/// <summary>Keeps two devices with one identity from taking the session from each other in a storm.</summary>
/// <remarks>Each takeover doubles the pause, and only a day without one shortens it: in between the other device is connected, and both work in turns.</remarks>
internal sealed class TakeOvers(TimeProvider time)
{
    /// <summary>Connections in a row that were accepted and soon closed without a reason, from which on a takeover is suspected.</summary>
    public const int Suspicious = 3;

    private static readonly TimeSpan First = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Forgotten = TimeSpan.FromDays(1);

    /// <summary>A guess costs less time: a line that is cut every minute is better than none.</summary>
    private static readonly TimeSpan LongestGuess = TimeSpan.FromMinutes(1);

    /// <summary>A connection that lived this long was not taken over by a device that tries again all the time.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    private int _count;
    private int _silent;
    private long _last;
    private long _told;

    /// <summary>Whether the end of a connection is a takeover, or looks like one.</summary>
    /// <param name="end">How it ended.</param>
    /// <param name="lasted">How long it was there.</param>
    public bool IsOne(LinkEndKind end, TimeSpan lasted)
    {
        _silent = end is LinkEndKind.Silent && lasted < Long ? _silent + 1 : 0;
        return end is LinkEndKind.TakenOver || _silent >= Suspicious;
    }

    /// <summary>Counts one.</summary>
    /// <returns>Whether it is to be told: the first one, and one a day.</returns>
    public bool Count()
    {
        _count = _count > 0 && time.GetElapsedTime(_last) < Forgotten ? _count + 1 : 1;
        _last = time.GetTimestamp();
        if (_count > 1 && time.GetElapsedTime(_told) < Forgotten)
        {
            return false;
        }

        _told = _last;
        return true;
    }

    /// <summary>How long to leave the session to the other device: half to the whole of 15 s, 30 s, ... 10 min, or a minute for a guess.</summary>
    /// <param name="isSure">Whether the broker said that it was one.</param>
    /// <param name="chance">0 to 1, evenly spread.</param>
    public TimeSpan Pause(bool isSure, double chance)
    {
        TimeSpan most = First * Math.Pow(2, Math.Clamp(_count - 1, 0, 10));
        TimeSpan longest = isSure ? FleetDefaults.LongestPause : LongestGuess;
        return (most < longest ? most : longest) * (0.5 + (Math.Clamp(chance, 0, 1) / 2));
    }
}
