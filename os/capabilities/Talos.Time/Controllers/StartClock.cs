using Microsoft.Extensions.Logging;
using Talos.Time.Ports;
using Talos.Time.Rules;

namespace Talos.Time.Controllers;

/// <summary>Keeps the clock from showing a time that cannot be, before servers are heard.</summary>
internal sealed partial class StartClock(IClock clock, ILogger<StartClock> log)
{
    /// <summary>Sets the clock forward when it shows less than is known; it never goes back.</summary>
    /// <returns>Whether it was set.</returns>
    public bool Apply()
    {
        DateTimeOffset floor = ClockRules.Floor(clock.KernelVersion, clock.ReadLastKnown());
        DateTimeOffset now = clock.Now;
        if (now >= floor || ClockRules.Start(now, clock.ReadHardware(), floor) is not { } start)
        {
            return false;
        }

        try
        {
            clock.Step(start);
        }
        catch (IOException e)
        {
            // Without a right clock certificates are not valid; without a node nobody can see why.
            LogNotSet(now, e.Message);
            return false;
        }

        LogSet(now, start);
        return true;
    }

    [LoggerMessage(LogLevel.Error, "Clock shows {Now:O}, which cannot be, and was not set: {Problem}")]
    private partial void LogNotSet(DateTimeOffset now, string problem);

    [LoggerMessage(LogLevel.Warning, "Clock showed {Before:O}, which cannot be: set to {After:O} until a time server is heard")]
    private partial void LogSet(DateTimeOffset before, DateTimeOffset after);
}
