using Talos.Imager.Components;
using Talos.Imager.Debian;
using Talos.Imager.Tests.Components;

namespace Talos.Imager.Tests.Debian;

public sealed class SuccessorsTests
{
    private static readonly LockedPackage Pin = new()
    {
        Name = "x", Package = "libfoo1", Version = "1.0-1", Architecture = "arm64", Suite = "trixie", Sha256 = Locks.Zeros, Licence = "MIT",
    };

    [Theory]
    [InlineData("libfoo1 1.0-2", "libfoo1 1.0-2")]
    [InlineData("libfoo1 1.0-2; libfoo1 1.0-3 trixie-security; libfoo1 9 forky", "libfoo1 1.0-3,libfoo1 1.0-2")]
    [InlineData("libfoo1t64 1.1-1 trixie arm64 libfoo1; libfoo2 3", "libfoo1t64 1.1-1")]
    [InlineData("libfoo2 2.0-1; libfoo10 3.0-1; libfoobar1 1; libfoo-dev 1; foo2 1", "libfoo10 3.0-1,libfoo2 2.0-1")]
    [InlineData("libfoo2t64 2.0-1", "libfoo2t64 2.0-1")]
    [InlineData("libfoo1 2.0-1 trixie amd64; libbar1 1", "")]
    [InlineData("libfoo1 2.0-1 trixie all", "libfoo1 2.0-1")]
    public void What_stands_for_a_package_that_is_gone(string archive, string candidates) =>
        Assert.Equal(candidates, string.Join(',', Successors.Of(Pin, Index(archive)).Select(r => $"{r.Package} {r.Version}")));

    [Fact]
    public void A_kernel_is_found_by_the_package_that_depends_on_it_whatever_its_interface_is_called()
    {
        LockedPackage kernel = Pin with { Package = "linux-image-6.12.1-arm64", Tracks = "linux-image-arm64" };
        PackageIndex index = new(
        [
            Record("linux-image-arm64 6.12.3-1 trixie-security") with { Depends = [new Relation("linux-image-6.12.3+deb13-arm64", "=", "6.12.3-1")] },
            Record("linux-image-arm64 6.12.2-1") with { Depends = [new Relation("linux-image-6.12.2-arm64", "=", "6.12.2-1")] },
            Record("linux-image-6.12.2-arm64 6.12.2-1"),
            Record("linux-image-6.12.3+deb13-arm64 6.12.3-1 trixie-security"),
        ]);

        Assert.Equal(["linux-image-6.12.3+deb13-arm64", "linux-image-6.12.2-arm64"], Successors.Of(kernel, index).Select(r => r.Package));
    }

    [Theory]
    [InlineData("libfoo2", "libfoo.so.2", true)]
    [InlineData("libfoo2t64", "libfoo.so.2", true)]
    [InlineData("libfoo1.2-3", "libfoo1.2.so.3", true)]
    [InlineData("libcom-err2", "libcom_err.so.2", true)]
    [InlineData("libfoo1", "libfoo.so.2", false)]
    [InlineData("libc6", "ld-linux-aarch64.so.1", false)]
    public void A_library_s_package_is_named_after_it(string package, string soname, bool named) => Assert.Equal(named, Successors.IsNamedAfter(package, soname));

    [Theory]
    [InlineData("usr/lib/libfoo.so.1", "libfoo.so.2 libfoo.so.2.0.1 libfoobar.so.1", "usr/lib/libfoo.so.2")]
    [InlineData("usr/lib/libfoo.so.1 => lib/libfoo.so.1", "libfoo.so.2", "usr/lib/libfoo.so.2 => lib/libfoo.so.2")]
    [InlineData("usr/lib/libfoo.so.1 => opt/", "libfoo.so.2", "usr/lib/libfoo.so.2 => opt/")]
    [InlineData("usr/lib/libfoo.so.1", "libfoo.so.2 libfoo.so.3", null)]
    [InlineData("usr/lib/libfoo.so.1", "libbar.so.2", null)]
    [InlineData("usr/bin/tool", "tool2", null)]
    public void A_rule_follows_the_one_number_a_library_has_now(string rule, string names, string? follows) =>
        Assert.Equal(follows, Sonames.Follow(FileRule.Parse(rule), names.Split(' '))?.ToString());

    private static PackageIndex Index(string records) => new(records.Split("; ").Select(Record));

    private static PackageRecord Record(string text)
    {
        string[] fields = text.Split(' ');
        return new PackageRecord
        {
            Package = fields[0],
            Version = fields[1],
            Suite = fields.Length > 2 ? fields[2] : "trixie",
            Architecture = fields.Length > 3 ? fields[3] : "arm64",
            Provides = fields.Length > 4 ? [new Relation(fields[4], "", "")] : [],
            Path = "",
            Sha256 = text,
        };
    }
}
