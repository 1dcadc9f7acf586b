using Talos.Imager.Components;
using Talos.Imager.Debian;
using Talos.Imager.Tests.Components;

namespace Talos.Imager.Tests.Debian;

public sealed class AptSourcesTests
{
    [Fact]
    public void Each_suite_that_a_package_is_pinned_from_has_a_line_and_its_security_archive()
    {
        string text = Locks.Text.Replace("version: 1.1.15-2", "version: 1.1.15-2\n    suite: forky\n    component: contrib", StringComparison.Ordinal);
        AptSources sources = new(new AptMirrors("http://m/debian/", "http://m/security/"), "/k.gpg", "check-valid-until=no");

        Assert.Equal(
            """
            deb [arch=arm64 signed-by=/k.gpg check-valid-until=no] http://m/debian/ trixie main
            deb [arch=arm64 signed-by=/k.gpg check-valid-until=no] http://m/security/ trixie-security main
            deb [arch=arm64 signed-by=/k.gpg check-valid-until=no] http://m/debian/ forky contrib
            deb [arch=arm64 signed-by=/k.gpg check-valid-until=no] http://m/security/ forky-security contrib

            """,
            sources.Packages(ComponentLockReader.Parse(text)));
    }

    [Theory]
    [InlineData("sid")]
    [InlineData("experimental")]
    [InlineData("trixie-backports")]
    public void A_suite_without_a_security_archive_has_one_line(string suite)
    {
        ComponentLock locked = Locks.Small with { Suite = suite, Packages = [] };

        Assert.Single(new AptSources(new AptMirrors("http://m/debian/", "http://m/security/"), "/k").Packages(locked).TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("http://deb.example/debian/dists/trixie/main/binary-arm64/Packages", "deb.example_debian_dists_trixie_main_binary-arm64_Packages")]
    [InlineData("https://me:word@m.example:8080/a_b/~c/Packages", "m.example:8080_a%5fb_%7ec_Packages")]
    [InlineData("file:/srv/debian/Packages", "_srv_debian_Packages")]
    public void A_list_is_where_apt_puts_it(string address, string file) => Assert.Equal(file, AptSources.FileOf(address));
}
