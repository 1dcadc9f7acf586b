using System.Globalization;

namespace Talos.Linux.Tests;

/// <summary>Processes start from a runtime whose collector stops all threads again and again.</summary>
[Trait("Category", "Integration")]
public sealed class SpawnStressTests
{
    private const int Starters = 4;

    /// <summary>TALOS_SPAWNS sets another number, for a night.</summary>
    private static readonly int Children = int.Parse(Environment.GetEnvironmentVariable("TALOS_SPAWNS") ?? "800", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Children_start_and_end_while_the_collector_never_rests()
    {
        using CancellationTokenSource stop = new();
        Thread collector = new(() => Collect(stop.Token)) { IsBackground = true };
        collector.Start();

        await Task.WhenAll(Enumerable.Range(0, Starters).Select(_ => Task.Run(StartAsync)))
            .WaitAsync(TimeSpan.FromMinutes(2) + TimeSpan.FromMilliseconds(20 * Children), TestContext.Current.CancellationToken);

        await stop.CancelAsync();
        Assert.True(collector.Join(TimeSpan.FromSeconds(20)), "the collector's thread did not come to its end");
    }

    private static async Task StartAsync()
    {
        for (int i = 0; i < Children / Starters; i++)
        {
            ChildProcess child = TestReaper.Instance.Spawn(new ChildOptions { Path = "/bin/true" });
            Assert.Equal(new ExitStatus(0, Signal.None), await child.Exit);
        }
    }

    private static void Collect(CancellationToken ct)
    {
        List<byte[]> kept = [];
        while (!ct.IsCancellationRequested)
        {
            kept.Add(new byte[4096]);
            if (kept.Count == 256)
            {
                kept.Clear();
                GC.Collect(0);
            }
        }
    }
}
