using Talos.Imager.Components;

namespace Talos.Imager.Tests.Components;

public sealed class AptMirrorsTests
{
    [Theory]
    [InlineData("'http://mirror.example/debian/dists/bookworm/InRelease' x 0\n", "http://mirror.example/debian/", null)]
    [InlineData(
        "'https://packages.example/node/dists/nodistro/InRelease' x 0\n'http://m.example/a/debian/dists/bookworm/InRelease' x 0\n'http://m.example/debian-security/dists/bookworm-security/InRelease' x 0\n",
        "http://m.example/a/debian/",
        "http://m.example/debian-security/")]
    [InlineData(
        "'https://containers.example/linux/debian/dists/bookworm/InRelease' x 0\n'http://m.example/os/dists/bookworm/InRelease' x 0\n'http://m.example/os/dists/bookworm-updates/InRelease' x 0\n'http://m.example/os-security/dists/bookworm-security/InRelease' x 0\n",
        "http://m.example/os/",
        "http://m.example/os-security/")]
    public void The_mirrors_are_those_of_the_machine(string printed, string main, string? security) =>
        Assert.Equal(new AptMirrors(main, security), AptMirrors.Choose(printed, overriding: null));

    [Theory]
    [InlineData("")]
    [InlineData("'http://m.example/debian/dists/bookworm/main/binary-amd64/Packages.xz' x 0\n")]
    public void A_machine_without_a_mirror_is_told_which_variable_to_set(string printed) =>
        Assert.Contains("TALOS_DEBIAN_MIRROR", Assert.Throws<ImagerException>(() => AptMirrors.Choose(printed, overriding: null)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_mirror_named_by_the_user_is_used_alone() =>
        Assert.Equal(
            new AptMirrors("http://snapshot.example/20260101/", null),
            AptMirrors.Choose("'http://m.example/debian/dists/bookworm/InRelease' x 0", "http://snapshot.example/20260101"));
}
