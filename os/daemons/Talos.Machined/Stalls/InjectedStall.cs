using Talos.Linux;

namespace Talos.Machined.Stalls;

/// <summary>Lets a boot stand still on purpose, for the test that such a boot is reported (tests/e2e/faults).</summary>
internal static class InjectedStall
{
    /// <summary>Kernel argument that asks for it; the signature over the kernel command line covers it like any other.</summary>
    public const string Argument = "talos.test.stall";

    private const int MoreThanThePoolHas = 64;

    /// <summary>Stands still as the argument says: <c>collector</c>, <c>pool</c> or <c>sequence</c>; goes on at once without it.</summary>
    public static async Task HappenAsync(string commandLine)
    {
        switch (KernelCommandLine.Parse(commandLine).Find(Argument))
        {
            case "collector":
                new Thread(Standstill.OfTheCollector) { IsBackground = true, Name = "standstill" }.Start();
                await Task.Delay(TimeSpan.FromSeconds(1));
                GC.Collect();
                break;
            case "pool":
                for (int i = 0; i < MoreThanThePoolHas; i++)
                {
                    _ = Task.Run(() => new ManualResetEvent(false).WaitOne());
                }

                break;
            case "sequence":
                await Task.Delay(Timeout.InfiniteTimeSpan);
                break;
        }
    }
}
