using System.Globalization;
using Talos.Linux;

namespace Talos.Time.Ports;

/// <summary>The clocks of the node.</summary>
internal interface IClock
{
    /// <summary>What the wall clock shows.</summary>
    DateTimeOffset Now { get; }

    /// <summary>Sets the wall clock.</summary>
    void Step(DateTimeOffset time);

    /// <summary>Moves the wall clock bit by bit.</summary>
    void Slew(TimeSpan offset, TimeSpan error);

    /// <summary>What the board's clock shows; null when it has none or it lost its time.</summary>
    DateTimeOffset? ReadHardware();

    /// <summary>Sets the board's clock, where there is one.</summary>
    void WriteHardware(DateTimeOffset time);

    /// <summary>Text of <c>uname -v</c>.</summary>
    string KernelVersion { get; }

    /// <summary>The time that was kept before the last stop; null when none was or the disk is not there yet.</summary>
    DateTimeOffset? ReadLastKnown();

    /// <summary>Keeps the time for the next start; nothing happens while the disk is not there.</summary>
    void KeepLastKnown(DateTimeOffset time);
}

internal sealed class NodeClock(TimeProvider time) : IClock
{
    private const string Folder = "/var/lib/talos";
    private const string LastKnownPath = Folder + "/last-known-time";

    public DateTimeOffset Now => time.GetUtcNow();

    public string KernelVersion => KernelName.Get().Version;

    public void Step(DateTimeOffset to)
    {
        SystemClock.Set(to);
        SystemClock.MarkSynchronized(TimeSpan.FromMilliseconds(100));
    }

    public void Slew(TimeSpan offset, TimeSpan error) => SystemClock.Slew(offset, error);

    public DateTimeOffset? ReadHardware()
    {
        using HardwareClock? clock = HardwareClock.TryOpen();
        return clock?.TryRead();
    }

    public void WriteHardware(DateTimeOffset to)
    {
        using HardwareClock? clock = HardwareClock.TryOpen();
        clock?.Write(to);
    }

    public DateTimeOffset? ReadLastKnown()
    {
        try
        {
            return long.TryParse(File.ReadAllText(LastKnownPath), NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)
                && seconds < DateTimeOffset.MaxValue.ToUnixTimeSeconds()
                ? DateTimeOffset.FromUnixTimeSeconds(seconds)
                : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void KeepLastKnown(DateTimeOffset now)
    {
        try
        {
            Directory.CreateDirectory(Folder);
            Files.WriteAtomically(LastKnownPath, now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // /var is not mounted yet, or is full: the next hour brings another try.
        }
    }
}
