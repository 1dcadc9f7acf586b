using System.Diagnostics;
using Talos.Fleet.Hub.Store;

namespace Talos.Fleet.Hub.Tests;

/// <summary>A PostgreSQL server on a unix socket in a folder of its own.</summary>
public sealed class PostgresServer : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hub-postgres-").FullName;
    private readonly string _bin = Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).Last() + "/bin";
    private int _databases;

    public PostgresServer()
    {
        Run("chown", "postgres", _folder);
        As("initdb", "-D", $"{_folder}/data", "-A", "trust", "--no-sync", "-E", "UTF8");
        As("pg_ctl", "-D", $"{_folder}/data", "-w", "-l", $"{_folder}/log", "-o", $"-c listen_addresses='' -c unix_socket_directories={_folder} -c fsync=off", "start");
    }

    /// <summary>Connection string of a new, empty database.</summary>
    public string NewDatabase()
    {
        string name = $"hub{Interlocked.Increment(ref _databases)}";
        As("createdb", "-h", _folder, name);
        return $"Host={_folder};Username=postgres;Database={name}";
    }

    public void Dispose()
    {
        As("pg_ctl", "-D", $"{_folder}/data", "-m", "immediate", "-w", "stop");
        Directory.Delete(_folder, recursive: true);
    }

    private void As(string program, params string[] arguments) => Run("runuser", ["-u", "postgres", "--", $"{_bin}/{program}", .. arguments]);

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = "/", RedirectStandardOutput = false })!;
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {process.ExitCode}");
    }
}

[Trait("Category", "Integration")]
public sealed class PostgresStoreTests(PostgresServer server) : StoreConformance, IClassFixture<PostgresServer>
{
    private protected override TestHub Make() => new(_ => new SqlDialect.Postgres(server.NewDatabase() + ";Pooling=false"));
}
