using Microsoft.Extensions.Logging;
using Talos.Block;
using Talos.Config;
using Talos.Cosi;
using Talos.Machined.Configuration;
using Talos.Machined.Node;
using Talos.Machined.Updates.Migrations;
using Talos.Ota.BootControl.Storage;
using Talos.Ota.Engine;

namespace Talos.Machined.Updates;

/// <summary>Updates of the system: the engine, its boot, its trial, and those who ask for updates.</summary>
internal sealed partial class UpdateModule : IDisposable
{
    /// <summary>A boot loader that cannot be told anything does not keep the node from restarting.</summary>
    private static readonly TimeSpan PrepareLimit = TimeSpan.FromSeconds(15);

    private readonly NodeContext _node;
    private readonly UpdateEngine _engine;
    private readonly TrialNode _trial;
    private readonly TrialTolerance _tolerance;
    private readonly ILogger<UpdateModule> _log;

    /// <param name="node">The node.</param>
    /// <param name="meta">META.</param>
    /// <param name="config">The machine config.</param>
    /// <param name="restart">Brings the node down in order and restarts it; gives the id to follow it.</param>
    public UpdateModule(NodeContext node, IMeta meta, IConfigurationService config, Func<string> restart)
    {
        (_node, Restart) = (node, restart);
        _log = node.Loggers.CreateLogger<UpdateModule>();
        SystemPartitions partitions = SystemPartitions.OfRoot();
        MetaUpdateStore store = new(meta);
        _engine = UpdateEngineFactory.Create(node, partitions, store);
        Boot = new UpdateBoot(
            _engine, partitions.RunningSlot, UpdateEngineFactory.Version(node.Options.OsReleaseFile), node.Time, node.Loggers.CreateLogger<UpdateBoot>());
        Wipe = new TrialWipe(store);
        Data = new DataVolumes(_engine, node.Loggers.CreateLogger<DataMigrator>());
        _tolerance = new TrialTolerance(store, () => node.Controllers.Failing);
        Upgrader = new Upgrader(_engine, Boot, Wipe, _tolerance, DataVolumes.Settle, () => config.Active?.Update ?? new UpdateConfiguration(), restart);
        _trial = new TrialNode(node.Controllers, node.Options.SocketPath, () => restart());
    }

    /// <summary>The engine.</summary>
    public IUpdateEngine Engine => _engine;

    /// <summary>Brings the node down in order and restarts it; gives the id to follow it.</summary>
    public Func<string> Restart { get; }

    /// <summary>What this boot is.</summary>
    public UpdateBoot Boot { get; }

    /// <summary>The wipe that begins a trial.</summary>
    public TrialWipe Wipe { get; }

    /// <summary>Formats of the data on STATE and EPHEMERAL.</summary>
    public DataVolumes Data { get; }

    /// <summary>Takes updates.</summary>
    public Upgrader Upgrader { get; }

    /// <summary>Registers the controllers.</summary>
    public void Register(ControllerRuntime controllers)
    {
        controllers.Register(new UpdateStatusController(_engine, Boot));
        controllers.Register(new TrialController(_engine, Boot, _trial, _tolerance, _node.Time, _node.Loggers.CreateLogger<TrialController>()));
    }

    /// <summary>To be called right before every restart; never fails.</summary>
    /// <returns>What the boot loader has to be told by reboot(2); null for nothing.</returns>
    public async Task<string?> PrepareRebootAsync(CancellationToken ct)
    {
        try
        {
            return Boot.Report is null ? null : await _engine.PrepareRebootAsync(ct).WaitAsync(PrepareLimit, _node.Time, ct);
        }
        catch (Exception e) when (UpdateErrors.IsExpected(e) || e is OperationCanceledException)
        {
            LogNotPrepared(e.Message);
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _trial.Dispose();
        _engine.Dispose();
    }

    [LoggerMessage(LogLevel.Warning, "The boot loader was told nothing before the restart: {Problem}")]
    private partial void LogNotPrepared(string problem);
}

/// <summary>The engine's values in META.</summary>
internal sealed class MetaUpdateStore(IMeta meta) : IUpdateStore
{
    public ReadOnlyMemory<byte>? Find(uint tag) => meta.Find(tag);

    public void Write(uint tag, ReadOnlySpan<byte> value) => meta.Write(tag, value);

    public void Delete(uint tag) => meta.Delete(tag);
}
