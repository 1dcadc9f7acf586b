using Talos.Linux;

namespace Talos.Block.Ports;

/// <summary>Tells when disks and partitions come, go or change.</summary>
internal interface IBlockEvents
{
    /// <summary>Calls back for each event until cancelled.</summary>
    Task WatchAsync(Action happened, CancellationToken ct);
}

/// <summary>The kernel's uevents of the subsystem <c>block</c>.</summary>
internal sealed class KernelBlockEvents : IBlockEvents
{
    /// <summary>How long the end of watching may take; each look wakes an idle node.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    public Task WatchAsync(Action happened, CancellationToken ct) =>
        Task.Factory.StartNew(() => Watch(happened, ct), ct, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static void Watch(Action happened, CancellationToken ct)
    {
        using UeventSocket socket = UeventSocket.Open();
        happened(); // What came before the socket was there.
        while (!ct.IsCancellationRequested)
        {
            try
            {
                if (socket.Receive(Interval) is { } uevent && uevent["SUBSYSTEM"] == "block")
                {
                    happened();
                }
            }
            catch (LinuxException e) when (e.Error is Errno.ENOBUFS)
            {
                happened();
            }
        }
    }
}
