using Microsoft.Extensions.Logging;

namespace Talos.Machined.Updates.Migrations;

/// <summary>Brings the data of a volume to the format the running version reads, and back before the other slot starts.</summary>
/// <param name="migrations">Step n-1 leads to format n; a released step is never changed or removed.</param>
/// <param name="log">Where to tell.</param>
internal sealed partial class DataMigrator(IReadOnlyList<IDataMigration> migrations, ILogger<DataMigrator> log)
{
    /// <summary>Whether something could be taken back.</summary>
    public static bool CanLeave(string volume) => new MigrationFolder(volume).State.Before.Count > 0;

    /// <summary>Called when the volume was mounted, before anybody reads it.</summary>
    /// <exception cref="MigrationException">The data cannot be read by this version; it was left as it is.</exception>
    public void Enter(string volume)
    {
        MigrationFolder folder = new(volume);
        foreach (MigrationStep step in MigrationPlan.ForBoot(folder.State, migrations.Count))
        {
            switch (step.Action)
            {
                case MigrationAction.Up:
                    Up(folder, volume, step.Format);
                    break;
                case MigrationAction.Restore:
                    folder.Restore(MigrationFolder.Before, step.Format);
                    folder.Write(step.Format - 1);
                    folder.Drop(MigrationFolder.Before, step.Format);
                    LogRestored(volume, step.Format - 1);
                    break;
                case MigrationAction.Unleave:
                    folder.Restore(MigrationFolder.Leaving, step.Format);
                    folder.Drop(MigrationFolder.Leaving, step.Format);
                    break;
                default:
                    folder.Write(step.Format - 1);
                    folder.Drop(MigrationFolder.Leaving, step.Format);
                    break;
            }
        }
    }

    /// <summary>Called before the volume is unmounted, when the other slot starts next and has an older version.</summary>
    public void Leave(string volume)
    {
        MigrationFolder folder = new(volume);
        foreach (int format in MigrationPlan.ForLeaving(folder.State, migrations.Count))
        {
            IDataMigration migration = migrations[format - 1];
            try
            {
                folder.Copy(MigrationFolder.Leaving, format, migration.Paths);
                migration.Down(volume);
                Linux.Files.SyncFileSystem(volume);
                folder.Drop(MigrationFolder.Before, format);
                folder.Write(format - 1);
                folder.Drop(MigrationFolder.Leaving, format);
                LogDown(volume, format - 1, migration.Name);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                // What the next start finds is enough to go on: copies of both moments.
                LogNotDown(volume, migration.Name, e.Message);
                return;
            }
        }
    }

    /// <summary>Called when the other slot gets a new version: nobody goes back further than the running one.</summary>
    public static void Settle(string volume)
    {
        MigrationFolder folder = new(volume);
        foreach (int format in folder.State.Before)
        {
            folder.Drop(MigrationFolder.Before, format);
        }
    }

    private void Up(MigrationFolder folder, string volume, int format)
    {
        IDataMigration migration = migrations[format - 1];
        try
        {
            folder.NotePaths(format, migration.Paths);
            folder.Copy(MigrationFolder.Before, format, migration.Paths);
            migration.Up(volume);
            Linux.Files.SyncFileSystem(volume);
            folder.Write(format);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new MigrationException($"{volume}: {migration.Name}, to format {format}: {e.Message}", e);
        }

        LogUp(volume, format, migration.Name);
    }

    [LoggerMessage(LogLevel.Information, "{Volume}: data is in format {Format} now: {Name}")]
    private partial void LogUp(string volume, int format, string name);

    [LoggerMessage(LogLevel.Warning, "{Volume}: data is back in format {Format}, as it was before a newer version started")]
    private partial void LogRestored(string volume, int format);

    [LoggerMessage(LogLevel.Information, "{Volume}: data is back in format {Format}: {Name}")]
    private partial void LogDown(string volume, int format, string name);

    [LoggerMessage(LogLevel.Warning, "{Volume}: {Name} not taken back, what was before it is put back at the next start: {Problem}")]
    private partial void LogNotDown(string volume, string name, string problem);
}
