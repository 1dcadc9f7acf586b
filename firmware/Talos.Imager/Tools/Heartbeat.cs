using System.Globalization;

namespace Talos.Imager.Tools;

/// <summary>Says every half minute that something that takes long still goes on.</summary>
internal static class Heartbeat
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    /// <summary>Begins; what is returned ends it.</summary>
    public static IDisposable Start(IProgress<string> progress, string what)
    {
        long start = TimeProvider.System.GetTimestamp();
        return TimeProvider.System.CreateTimer(
            _ => progress.Report(string.Create(CultureInfo.InvariantCulture, $"{what}: {TimeProvider.System.GetElapsedTime(start).TotalSeconds:F0} s so far")),
            null, Period, Period);
    }
}
