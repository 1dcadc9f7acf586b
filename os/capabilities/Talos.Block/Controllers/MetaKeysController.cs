using System.Text;
using Talos.Block.Volumes;
using Talos.Cosi;
using Talos.Resources.Block;

namespace Talos.Block.Controllers;

/// <summary>Reports the values of META.</summary>
internal sealed class MetaKeysController(MetaStore meta, TimeProvider time) : ITriggeredController
{
    public string Name => "block.MetaKeysController";

    public IReadOnlyList<ControllerInput> Inputs { get; } = [];

    public IReadOnlyList<ControllerOutput> Outputs { get; } = [ControllerOutput.Exclusive<MetaKey>()];

    public Task RunTriggersAsync(Action reconcile, CancellationToken ct) =>
        Triggers.FromEventAsync(h => meta.Changed += h, h => meta.Changed -= h, reconcile, time, ct);

    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        IReadOnlyDictionary<uint, ReadOnlyMemory<byte>> values = meta.Values;
        foreach ((uint tag, ReadOnlyMemory<byte> value) in values)
        {
            await context.WriteAsync(Id(tag), new MetaKey { Value = Encoding.UTF8.GetString(value.Span) }, ct);
        }

        await context.KeepOnlyAsync<MetaKey>([.. values.Keys.Select(Id)], ct);
    }

    private static string Id(uint tag) => $"0x{tag:x2}";
}
