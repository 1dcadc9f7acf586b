using Talos.Fleet.Hub.Store;

namespace Talos.Fleet.Hub.Tests.Security;

[Trait("Category", "Security")]
public sealed class FileModeTests
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    [Fact]
    public void What_an_older_hub_left_open_is_closed_at_the_start_and_links_are_left_alone()
    {
        string folder = Directory.CreateTempSubdirectory("hub-modes-").FullName;
        string data = Path.Combine(folder, "data"), outside = Path.Combine(folder, "outside");
        Directory.CreateDirectory(Path.Combine(data, "support", "n-1"));
        string[] files = ["hub.db", "hub.db-wal", "hub.db-shm", "webhook.key", "support/n-1/c-1", "bundles"];
        foreach (string file in files)
        {
            File.WriteAllText(Path.Combine(data, file), "x");
        }

        File.WriteAllText(outside, "x");
        foreach (string path in Directory.GetFileSystemEntries(folder, "*", SearchOption.AllDirectories))
        {
            File.SetUnixFileMode(path, (UnixFileMode)0x1ff);
        }

        File.CreateSymbolicLink(Path.Combine(data, "link"), outside);

        DataFolder.Tighten(data);

        Assert.All(Directory.GetFileSystemEntries(data, "*", SearchOption.AllDirectories).Where(f => File.ResolveLinkTarget(f, false) is null).Append(data), f => Assert.Equal((UnixFileMode)0, File.GetUnixFileMode(f) & Others));
        Assert.Equal((UnixFileMode)0x1ff, File.GetUnixFileMode(outside));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    [Trait("Category", "Integration")]
    public async Task Whatever_a_running_hub_has_written_is_its_owners_alone_also_in_a_folder_that_was_there()
    {
        await using RunningHub hub = await RunningHub.StartAsync(o =>
        {
            Directory.CreateDirectory(o.Data);
            File.SetUnixFileMode(o.Data, (UnixFileMode)0x1ed);
            return o;
        });
        await hub.NodeAsync("n-1");
        using HttpResponseMessage uploaded = await hub.Admin.PostAsync(new Uri("/api/v1/bundles", UriKind.Relative), new ByteArrayContent(BundleTests.Bundle), TestHub.Token);

        string[] all = [.. Directory.GetFileSystemEntries(hub.Options.Data, "*", SearchOption.AllDirectories), hub.Options.Data];

        Assert.Contains(all, f => f.EndsWith("hub.db-wal", StringComparison.Ordinal));
        Assert.Contains(all, f => f.Contains("/bundles/", StringComparison.Ordinal));
        Assert.All(all, f => Assert.True((File.GetUnixFileMode(f) & Others) == 0, f));
    }
}
