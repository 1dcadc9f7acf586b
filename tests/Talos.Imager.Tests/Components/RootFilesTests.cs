using Talos.Imager.Components;

namespace Talos.Imager.Tests.Components;

public sealed class RootFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_link_gives_the_file_it_points_to_under_the_link_s_name()
    {
        string library = _folder.Write("usr/lib/libz.so.1.3", "library");
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "usr/lib/libz.so.1"), "libz.so.1.3");

        IEnumerable<RootFile> files = RootFiles.Of(Package("usr/lib/libz.so.1"), _folder.Path);

        Assert.Equal([new RootFile("x", library, "usr/lib/libz.so.1")], files);
    }

    [Fact]
    public void A_pattern_takes_every_match_into_the_folder()
    {
        _folder.Write("usr/lib/cni/portmap", "");
        _folder.Write("usr/lib/cni/ptp", "");
        _folder.Write("usr/lib/cni/bridge", "");

        IEnumerable<RootFile> files = RootFiles.Of(Package("usr/lib/cni/p* => opt/cni/bin/"), _folder.Path);

        Assert.Equal(["opt/cni/bin/portmap", "opt/cni/bin/ptp"], files.Select(f => f.Target));
    }

    [Fact]
    public void A_rule_that_matches_nothing_is_refused()
    {
        ImagerException e = Assert.Throws<ImagerException>(() => RootFiles.Of(Package("usr/bin/gone"), _folder.Path).ToList());

        Assert.Equal("x: the package has no usr/bin/gone", e.Message);
    }

    [Fact]
    public void A_link_out_of_the_package_is_refused()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "usr"));
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "usr/x"), "gone");

        ImagerException e = Assert.Throws<ImagerException>(() => RootFiles.Of(Package("usr/x"), _folder.Path).ToList());

        Assert.EndsWith("which is not in the package", e.Message, StringComparison.Ordinal);
    }

    private static LockedPackage Package(string rule) => Locks.Small.Package("runc") with { Name = "x", Root = [FileRule.Parse(rule)] };
}
