using Talos.Linux;

namespace Talos.Stage1;

/// <summary>PID 1 of the initramfs. Each error ends in one message on the console and a reboot.</summary>
internal static class Program
{
    private static readonly TimeSpan RebootDelay = TimeSpan.FromSeconds(5);

    private static int Main()
    {
        BootLog? log = null;
        try
        {
            PseudoFileSystems.Mount();
            Descriptors.RedirectStandardStreams("/dev/kmsg");
            log = BootLog.Open();
            Boot.Run(log);
        }
        catch (Exception e)
        {
            string message = $"cannot boot: {Describe(e)}; reboot in {RebootDelay.TotalSeconds} s";
            log?.Critical(message);
            if (log is null)
            {
                BootLog.WriteToStandardError(message);
            }
        }

        Delay.For(RebootDelay);
        Files.SyncAll();
        Machine.Reboot(RebootCommand.Restart);
        return 1;
    }

    private static string Describe(Exception error) =>
        error.InnerException is null ? error.Message : $"{error.Message}: {Describe(error.InnerException)}";
}
