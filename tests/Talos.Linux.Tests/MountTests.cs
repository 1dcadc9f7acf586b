namespace Talos.Linux.Tests;

[Trait("Category", "Integration")]
public sealed class MountTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("talos-mount-").FullName;

    public MountTests()
    {
        Mounts.Mount("tmpfs", _folder, "tmpfs", MountFlags.NoSuid | MountFlags.NoDev, "size=1m,mode=0700");
        Mounts.SetPropagation(_folder, MountFlags.Private);
        Directory.CreateDirectory(At("a"));
        Directory.CreateDirectory(At("b"));
    }

    [Fact]
    public void A_mount_is_listed_with_its_options_and_size()
    {
        MountInfo? mount = MountInfo.Find(_folder);

        Assert.Equal(("tmpfs", "tmpfs", "/"), (mount?.Type, mount?.Source, mount?.Root));
        Assert.Contains("nosuid,nodev", mount?.Options, StringComparison.Ordinal);
        Assert.Equal(1UL << 20, FileSystemUsage.Of(_folder).Size);
    }

    [Fact]
    public void A_read_only_bind_shows_the_same_files_and_refuses_writes()
    {
        File.WriteAllText(At("a/file"), "x");

        Mounts.Bind(At("a"), At("b"), MountFlags.ReadOnly | MountFlags.NoExec);

        Assert.Equal("x", File.ReadAllText(At("b/file")));
        Assert.Throws<IOException>(() => File.WriteAllText(At("b/file"), "y"));
        Assert.StartsWith("ro,", MountInfo.Find(At("b"))?.Options, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_can_be_bound_over_a_file()
    {
        File.WriteAllText(At("a/new"), "generated");
        File.WriteAllText(At("b/resolv.conf"), "");

        Mounts.Bind(At("a/new"), At("b/resolv.conf"));

        Assert.Equal("generated", File.ReadAllText(At("b/resolv.conf")));
    }

    [Fact]
    public void A_mount_can_be_moved_and_unmounted_once()
    {
        Mounts.Mount("tmpfs", At("a"), "tmpfs");

        Mounts.Move(At("a"), At("b"));

        Assert.Null(MountInfo.Find(At("a")));
        Assert.True(Mounts.TryUnmount(At("b")));
        Assert.False(Mounts.TryUnmount(At("b")));
        Assert.False(Mounts.TryUnmount(At("absent")));
    }

    [Fact]
    public void A_mount_in_use_is_busy()
    {
        Mounts.Mount("tmpfs", At("a"), "tmpfs");
        using FileStream open = File.Create(At("a/open"));

        LinuxException error = Assert.Throws<LinuxException>(() => Mounts.Unmount(At("a")));

        Assert.Equal(Errno.EBUSY, error.Error);
        Mounts.Unmount(At("a"), UnmountFlags.Detach);
        Assert.Null(MountInfo.Find(At("a")));
    }

    [Fact]
    public void An_unknown_file_system_is_an_error_that_names_source_target_and_type()
    {
        LinuxException error = Assert.Throws<LinuxException>(() => Mounts.Mount("none", At("a"), "nosuchfs"));

        Assert.Equal($"mount none on {At("a")} (nosuchfs): No such device (ENODEV)", error.Message);
    }

    public void Dispose()
    {
        foreach (MountInfo mount in MountInfo.ReadAll().Where(m => m.MountPoint.StartsWith(_folder, StringComparison.Ordinal)).Reverse())
        {
            Mounts.TryUnmount(mount.MountPoint, UnmountFlags.Detach);
        }

        Directory.Delete(_folder, recursive: true);
    }

    private string At(string path) => $"{_folder}/{path}";
}
