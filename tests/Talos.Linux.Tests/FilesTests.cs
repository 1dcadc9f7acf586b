namespace Talos.Linux.Tests;

public sealed class FilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("talos-files-").FullName;

    [Fact]
    public void An_atomic_write_replaces_the_file_with_its_mode_and_leaves_nothing_else()
    {
        string path = Path.Combine(_folder, "config.yaml");

        Files.WriteAtomically(path, "old");
        Files.WriteAtomically(path, "new", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal(0b110_100_000u, Files.Status(path).Permissions);
        Assert.Equal([path], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void A_left_over_of_an_interrupted_write_does_not_disturb()
    {
        string path = Path.Combine(_folder, "config.yaml");
        File.WriteAllText(Path.Combine(_folder, ".config.yaml.tmp"), "half");

        Files.WriteAtomically(path, "whole");

        Assert.Equal([path], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void Status_tells_type_size_and_device_numbers_and_links_apart_from_their_targets()
    {
        string path = Path.Combine(_folder, "five");
        File.WriteAllText(path, "12345");
        File.CreateSymbolicLink(Path.Combine(_folder, "link"), path);

        FileStatus node = Files.Status("/dev/null");

        Assert.Equal((FileType.Regular, 5L), (Files.Status(path).Type, Files.Status(path).Size));
        Assert.Equal(FileType.SymbolicLink, Files.Status(Path.Combine(_folder, "link"), followLinks: false).Type);
        Assert.Equal(FileType.Regular, Files.Status(Path.Combine(_folder, "link")).Type);
        Assert.Equal((FileType.CharacterDevice, 1u, 3u), (node.Type, node.NodeMajor, node.NodeMinor));
        Assert.Null(Files.TryStatus(Path.Combine(_folder, "absent")));
        Assert.Equal(Errno.ENOENT, Assert.Throws<LinuxException>(() => Files.Status(Path.Combine(_folder, "absent"))).Error);
    }

    [Fact]
    public void Usage_of_a_file_system_is_plausible()
    {
        FileSystemUsage usage = FileSystemUsage.Of("/");

        Assert.InRange(usage.Free, 1u, usage.Size);
        Assert.InRange(usage.Available, 0u, usage.Free);
    }

    [Theory]
    [InlineData(8, 1, 0x801UL)]
    [InlineData(259, 5, 0x10305UL)]
    [InlineData(254, 1_048_575, 0xFFF0FEFFUL)]
    public void A_device_number_is_made_as_the_C_library_does(uint major, uint minor, ulong number) =>
        Assert.Equal(number, Files.DeviceNumber(major, minor));

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
