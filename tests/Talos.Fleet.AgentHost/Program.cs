using System.Globalization;
using Talos.Fleet.Agent;

namespace Talos.Fleet.AgentHost;

/// <summary>Runs the agent with a clock that is faster than the real one.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args) =>
        FleetAgentMain.RunAsync([args[0]], new FastTime(double.Parse(args[1], CultureInfo.InvariantCulture), new DateTimeOffset(long.Parse(args[2], CultureInfo.InvariantCulture), TimeSpan.Zero)));
}

/// <summary>A clock that was right at the origin and runs faster from then on, in all processes the same.</summary>
internal sealed class FastTime(double speed, DateTimeOffset origin) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => origin + ((System.GetUtcNow() - origin) * speed);

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, Scaled(dueTime), Scaled(period));

    private TimeSpan Scaled(TimeSpan time) => time == Timeout.InfiniteTimeSpan ? time : time / speed;
}
