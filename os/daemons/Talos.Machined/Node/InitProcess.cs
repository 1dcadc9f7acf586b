using System.Runtime.InteropServices;
using Talos.Linux;
using Talos.Machined.Lifecycle;
using Talos.Machined.Sequences;
using Talos.Machined.Stalls;
using Talos.Resources.Runtime;

namespace Talos.Machined.Node;

/// <summary>The first process of the node. It never ends: whatever happens leads to a running node or to a reboot.</summary>
internal static class InitProcess
{
    private const int MinThreads = 8;

    private static readonly TimeSpan PauseBeforeReboot = TimeSpan.FromSeconds(10);

    /// <summary>Runs the node.</summary>
    public static void Run()
    {
        try
        {
            RunNode();
        }
        catch (Exception e)
        {
            Tell(KmsgPriority.Emergency, $"[talos] the first process failed, reboot in {PauseBeforeReboot.TotalSeconds:0} s: {e}");
        }

        Pause();
        while (true)
        {
            try
            {
                Files.SyncAll();
                Machine.Reboot(RebootCommand.Restart);
            }
            catch (Exception e)
            {
                Tell(KmsgPriority.Emergency, $"[talos] reboot: {e.Message}");
            }

            Pause();
        }
    }

    private static void RunNode()
    {
        // With a terminal as descriptor 0 the runtime may reap every child. What it says of its own end goes to the kernel log.
        Descriptors.RedirectStandardStreams(Path.Exists("/dev/kmsg") ? "/dev/kmsg" : "/dev/null");
        Tell(KmsgPriority.Info, "[talos] machined: first process started");

        IReadOnlyList<string> problems = EarlyBoot.Run();
        KmsgWriter kmsg = KmsgWriter.Open();
        foreach (string problem in problems)
        {
            kmsg.Write(KmsgPriority.Warning, $"[talos] early boot: {problem}");
        }

        // A few threads that wait for a slow disk must not hold up the others until the pool notices.
        ThreadPool.SetMinThreads(MinThreads, MinThreads);
        MachineId.ShowTemporary();
        NodeOptions options = new() { CommandLine = File.ReadAllText("/proc/cmdline").Trim() };
        Reaper reaper = Reaper.Start();
        using StallWatch stalls = StallWatch.Start(reaper, TimeProvider.System);
        using NodeHost host = NodeHost.Create(options, kmsg, reaper, TimeProvider.System);
        stalls.Follow(host.Context);
        using PosixSignalRegistration term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, c => Down(c, host));
        using PosixSignalRegistration ctrlAltDel = PosixSignalRegistration.Create(PosixSignal.SIGINT, c => Down(c, host));

        // Neither ends unless something is broken.
        Task.WhenAny(host.RunAsync(CancellationToken.None), BringUpAsync(host)).Unwrap().GetAwaiter().GetResult();
    }

    private static async Task BringUpAsync(NodeHost host)
    {
        await host.BringUpAsync(BootWipe.Labels(KernelCommandLine.Parse(host.Context.Options.CommandLine)), CancellationToken.None);

        // What the boot needed and an idle node does not goes back to the kernel.
        await OwnMemory.TrimAsync(TimeProvider.System, CancellationToken.None);
    }

    /// <summary>Ctrl-alt-del and SIGTERM restart the node in order.</summary>
    private static void Down(PosixSignalContext context, NodeHost host)
    {
        context.Cancel = true;
        try
        {
            host.BringDown(RebootSequence.Plan(new RebootOptions(RebootMode.Graceful), host.Tasks), MachineStage.Rebooting);
        }
        catch (SequenceBusyException e)
        {
            Tell(KmsgPriority.Notice, $"[talos] {e.Message}");
        }
    }

    private static void Tell(KmsgPriority priority, string text)
    {
        try
        {
            using KmsgWriter kmsg = KmsgWriter.Open();
            kmsg.Write(priority, text);
        }
        catch (IOException)
        {
            // There is no other place.
        }
    }

    private static void Pause() => Task.Delay(PauseBeforeReboot).Wait();
}
