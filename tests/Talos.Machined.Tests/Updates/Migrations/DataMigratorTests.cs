using Microsoft.Extensions.Logging.Abstractions;
using Talos.Machined.Updates.Migrations;

namespace Talos.Machined.Tests.Updates.Migrations;

public sealed class DataMigratorTests : IDisposable
{
    private readonly string _volume = Directory.CreateTempSubdirectory("talos-migration-").FullName;
    private readonly Upper _upper = new();

    public void Dispose() => Directory.Delete(_volume, recursive: true);

    [Fact]
    public void A_newer_version_changes_the_data_once()
    {
        Write("config.yaml", "hostname: edge");
        DataMigrator version2 = Version(_upper);

        version2.Enter(_volume);
        version2.Enter(_volume);

        Assert.Equal("HOSTNAME: EDGE", Read("config.yaml"));
        Assert.Equal(1, _upper.Ups);
    }

    [Fact]
    public void The_old_version_finds_its_data_again_after_the_new_one_panicked()
    {
        Write("config.yaml", "hostname: edge");
        Write("keys/node.key", "secret");
        File.SetUnixFileMode(Path.Combine(_volume, "keys/node.key"), UnixFileMode.UserRead);
        Version(_upper).Enter(_volume);
        Write("keys/later.key", "made by the new version");

        Version().Enter(_volume);

        Assert.Equal("hostname: edge", Read("config.yaml"));
        Assert.Equal("secret", Read("keys/node.key"));
        Assert.Equal(UnixFileMode.UserRead, File.GetUnixFileMode(Path.Combine(_volume, "keys/node.key")));
        Assert.False(File.Exists(Path.Combine(_volume, "keys/later.key")));
    }

    [Fact]
    public void A_roll_back_in_order_keeps_what_was_changed_since()
    {
        Write("config.yaml", "hostname: edge");
        DataMigrator version2 = Version(_upper);
        version2.Enter(_volume);
        Write("config.yaml", "HOSTNAME: LATER");

        version2.Leave(_volume);
        Version().Enter(_volume);

        Assert.Equal("hostname: later", Read("config.yaml"));
    }

    [Fact]
    public void A_way_back_that_fails_ends_in_the_data_of_before()
    {
        Write("config.yaml", "hostname: edge");
        DataMigrator version2 = Version(_upper);
        version2.Enter(_volume);
        _upper.FailAfterFirst = true;
        Write("keys/node.key", "SECRET");

        version2.Leave(_volume);
        Version().Enter(_volume);

        Assert.Equal("hostname: edge", Read("config.yaml"));
    }

    [Fact]
    public void Data_of_an_unknown_format_is_left_alone()
    {
        Write("config.yaml", "hostname: edge");
        Version(_upper).Enter(_volume);
        DataMigrator.Settle(_volume);

        MigrationException problem = Assert.Throws<MigrationException>(() => Version().Enter(_volume));

        Assert.Contains("format 1, this version reads up to 0", problem.Message, StringComparison.Ordinal);
        Assert.Equal("HOSTNAME: EDGE", Read("config.yaml"));
    }

    [Fact]
    public void A_step_cut_in_the_middle_begins_again_from_the_old_data()
    {
        Write("config.yaml", "hostname: edge");
        Write("keys/node.key", "secret");
        _upper.FailAfterFirst = true;
        Assert.Throws<MigrationException>(() => Version(_upper).Enter(_volume));
        Assert.Equal("HOSTNAME: EDGE", Read("config.yaml"));

        _upper.FailAfterFirst = false;
        Version(_upper).Enter(_volume);

        Assert.Equal("HOSTNAME: EDGE", Read("config.yaml"));
        Assert.Equal("SECRET", Read("keys/node.key"));
        Assert.Equal(2, _upper.Ups);
    }

    private static DataMigrator Version(params IDataMigration[] migrations) => new(migrations, NullLogger<DataMigrator>.Instance);

    private void Write(string name, string text)
    {
        string path = Path.Combine(_volume, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private string Read(string name) => File.ReadAllText(Path.Combine(_volume, name));

    private sealed class Upper : IDataMigration
    {
        public int Ups { get; private set; }

        public bool FailAfterFirst { get; set; }

        public string Name => "text in capitals";

        public IReadOnlyList<string> Paths => ["config.yaml", "keys", "absent"];

        public void Up(string volume)
        {
            Ups++;
            Each(volume, t => t.ToUpperInvariant());
        }

        public void Down(string volume) => Each(volume, Lower);

        private static string Lower(string text) => string.Concat(text.Select(char.ToLowerInvariant));

        private void Each(string volume, Func<string, string> change)
        {
            foreach (string file in Directory.GetFiles(volume).Concat(Directory.Exists(volume + "/keys") ? Directory.GetFiles(volume + "/keys") : []))
            {
                File.WriteAllText(file, change(File.ReadAllText(file)));
                if (FailAfterFirst)
                {
                    throw new IOException("No space left on device (ENOSPC)");
                }
            }
        }
    }
}
