using Microsoft.Extensions.Logging;
using Talos.Ota.Engine;

namespace Talos.Machined.Updates.Migrations;

/// <summary>The migrations of the node's two data volumes.</summary>
/// <param name="engine">Says which slot starts next.</param>
/// <param name="log">Where to tell.</param>
internal sealed class DataVolumes(IUpdateEngine engine, ILogger<DataMigrator> log)
{
    private const string StateFolder = "/system/state";
    private const string EphemeralFolder = "/var";

    private readonly DataMigrator _state = new(DataMigrations.State, log);
    private readonly DataMigrator _ephemeral = new(DataMigrations.Ephemeral, log);

    /// <summary>Nobody goes back to an older version than the running one any more.</summary>
    public static void Settle()
    {
        DataMigrator.Settle(StateFolder);
        DataMigrator.Settle(EphemeralFolder);
    }

    /// <summary>STATE was mounted.</summary>
    /// <exception cref="MigrationException">Its data cannot be read by this version.</exception>
    public void EnterState() => _state.Enter(StateFolder);

    /// <summary>EPHEMERAL was mounted.</summary>
    /// <exception cref="MigrationException">Its data cannot be read by this version.</exception>
    public void EnterEphemeral() => _ephemeral.Enter(EphemeralFolder);

    /// <summary>STATE is about to be unmounted.</summary>
    public Task LeaveStateAsync(CancellationToken ct) => LeaveAsync(_state, StateFolder, ct);

    /// <summary>EPHEMERAL is about to be unmounted.</summary>
    public Task LeaveEphemeralAsync(CancellationToken ct) => LeaveAsync(_ephemeral, EphemeralFolder, ct);

    private async Task LeaveAsync(DataMigrator migrator, string folder, CancellationToken ct)
    {
        if (DataMigrator.CanLeave(folder) && (await engine.ReadSlotsAsync(ct)).Any(s => s is { Next: true, Running: false }))
        {
            migrator.Leave(folder);
        }
    }
}
