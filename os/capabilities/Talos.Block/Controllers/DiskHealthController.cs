using Microsoft.Extensions.Logging;
using Talos.Block.Ports;
using Talos.Block.Rules;
using Talos.Cosi;
using Talos.Resources.Block;

namespace Talos.Block.Controllers;

/// <summary>Reports the health of NVMe disks: when one comes, and once an hour.</summary>
internal sealed partial class DiskHealthController(INvmeDisks nvme, TimeProvider time, ILogger<DiskHealthController> log) : ITriggeredController
{
    internal static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>When each disk was asked last; one that did not answer is not asked more often either.</summary>
    private readonly Dictionary<string, long> _asked = [];

    public string Name => "block.DiskHealthController";

    public IReadOnlyList<ControllerInput> Inputs { get; } = [ControllerInput.Weak<Disk>()];

    public IReadOnlyList<ControllerOutput> Outputs { get; } = [ControllerOutput.Exclusive<DiskHealth>()];

    public async Task RunTriggersAsync(Action reconcile, CancellationToken ct)
    {
        while (true)
        {
            await Task.Delay(Interval, time, ct);
            reconcile();
        }
    }

    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        List<string> disks = [.. context.List<Disk>().Where(d => d.Spec.Transport == "nvme").Select(d => d.Id)];
        foreach (string gone in _asked.Keys.Except(disks).ToList())
        {
            _asked.Remove(gone);
            await context.DestroyAsync<DiskHealth>(gone, ct);
        }

        foreach (string disk in disks.Where(d => !_asked.TryGetValue(d, out long asked) || time.GetElapsedTime(asked) >= Interval))
        {
            _asked[disk] = time.GetTimestamp();
            try
            {
                await context.WriteAsync(disk, HealthRules.Describe(nvme.ReadHealth(disk)), ct);
            }
            catch (IOException e)
            {
                LogNotRead(disk, e.Message);
                await context.DestroyAsync<DiskHealth>(disk, ct);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Health of {Disk} was not read: {Problem}")]
    private partial void LogNotRead(string disk, string problem);
}
