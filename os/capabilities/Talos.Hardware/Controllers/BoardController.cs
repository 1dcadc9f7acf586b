using Talos.Cosi;
using Talos.Hardware.Ports;
using Talos.Hardware.Rules;
using Talos.Resources.Hardware;

namespace Talos.Hardware.Controllers;

/// <summary>Reports the board, its processors and its memory, as firmware and kernel describe them.</summary>
internal sealed class BoardController(IBoard board) : IController
{
    public string Name => "hardware.BoardController";

    public IReadOnlyList<ControllerInput> Inputs => [];

    public IReadOnlyList<ControllerOutput> Outputs { get; } =
        [ControllerOutput.Exclusive<SystemInformation>(), ControllerOutput.Exclusive<Processor>(), ControllerOutput.Exclusive<MemoryModule>()];

    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        IReadOnlyList<SmbiosStructure> tables = Smbios.Read(board.SmbiosTables);
        SystemInformation system = tables.Select(SmbiosRules.System).FirstOrDefault(s => s is not null) ?? board.DeviceTree;
        await context.WriteAsync(SystemInformation.Id, system, ct);

        int socket = 0;
        List<Processor> processors = [.. tables.Select(SmbiosRules.Processor).OfType<Processor>()];
        foreach (Processor processor in processors.Count > 0 ? processors : [CpuInfo.Processor(board.CpuInfo)])
        {
            await context.WriteAsync($"CPU-{socket++}", processor, ct);
        }

        int slot = 0;
        foreach (MemoryModule module in tables.Select(SmbiosRules.Memory).OfType<MemoryModule>())
        {
            string id = module.DeviceLocator.Length > 0 ? module.DeviceLocator.Replace(' ', '-') : $"DIMM-{slot}";
            await context.WriteAsync(id, module, ct);
            slot++;
        }
    }
}
