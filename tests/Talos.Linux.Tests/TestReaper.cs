using System.Collections.Concurrent;

namespace Talos.Linux.Tests;

/// <summary>The one reaper of the test process.</summary>
internal static class TestReaper
{
    internal static ConcurrentQueue<(int Pid, ExitStatus Status)> Orphans { get; } = [];

    internal static Reaper Instance { get; } = Reaper.Start(adoptOrphans: true, (pid, status) => Orphans.Enqueue((pid, status)));
}
