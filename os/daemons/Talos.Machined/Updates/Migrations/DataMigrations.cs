namespace Talos.Machined.Updates.Migrations;

/// <summary>The migrations of this version. A released one is never changed or removed: its place in the list is its format.</summary>
internal static class DataMigrations
{
    /// <summary>Of STATE: machine config, node identity, certificates.</summary>
    public static readonly IReadOnlyList<IDataMigration> State = [];

    /// <summary>Of EPHEMERAL: what the system itself keeps in <c>/var</c>.</summary>
    public static readonly IReadOnlyList<IDataMigration> Ephemeral = [];
}
