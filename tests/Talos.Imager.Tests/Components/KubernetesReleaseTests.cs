using CsCheck;
using Talos.Imager.Components;

namespace Talos.Imager.Tests.Components;

public sealed class KubernetesReleaseTests
{
    [Theory]
    [InlineData(null, "https://dl.k8s.io/v1.36.0/kubernetes-node-linux-arm64.tar.gz")]
    [InlineData("", "https://dl.k8s.io/v1.36.0/kubernetes-node-linux-arm64.tar.gz")]
    [InlineData("  ", "https://dl.k8s.io/v1.36.0/kubernetes-node-linux-arm64.tar.gz")]
    [InlineData("http://10.0.0.1:8080", "http://10.0.0.1:8080/v1.36.0/kubernetes-node-linux-arm64.tar.gz")]
    [InlineData("https://mirror.example/k8s//", "https://mirror.example/k8s/v1.36.0/kubernetes-node-linux-arm64.tar.gz")]
    public void A_mirror_takes_upstream_s_place_and_none_is_upstream(string? mirror, string archive) =>
        Assert.Equal(archive, KubernetesRelease.At(mirror).ArchiveOf("v1.36.0", "arm64").ToString());

    [Theory]
    [InlineData("mirror.example")]
    [InlineData("localhost:8080")]
    [InlineData("10.0.0.1:8080/k8s")]
    [InlineData("//mirror.example")]
    [InlineData("/srv/k8s")]
    [InlineData("file:///srv/k8s")]
    [InlineData("ftp://mirror.example")]
    [InlineData("http://")]
    [InlineData("http://[")]
    public void Anything_else_is_one_clear_line(string mirror) => Assert.Equal(
        $"TALOS_KUBERNETES_URL is \"{mirror}\": an address that begins with http:// or https:// is expected, such as https://dl.k8s.io/; empty means that one",
        Assert.Throws<ImagerException>(() => KubernetesRelease.At(mirror)).Message);

    [Fact]
    public void Whatever_the_variable_holds_it_is_an_address_or_one_clear_line() => Gen.String.Sample(text =>
    {
        try
        {
            KubernetesRelease.At(text).ArchiveOf("v1.36.0", "arm64");
        }
        catch (ImagerException e)
        {
            Assert.StartsWith("TALOS_KUBERNETES_URL is \"", e.Message, StringComparison.Ordinal);
        }
    });

    [Theory]
    [InlineData("v1.36.0", "v1.36.0")]
    [InlineData("1.36.0", "v1.36.0")]
    [InlineData("v1.36.0-rc.1", "v1.36.0-rc.1")]
    public void A_version_is_taken_with_and_without_v(string text, string version) => Assert.Equal(version, KubernetesRelease.Version(text));

    [Theory]
    [InlineData("")]
    [InlineData("v1.36")]
    [InlineData("latest")]
    [InlineData("v1.36.0/../../x")]
    [InlineData("v1.36.0\n")]
    public void What_is_no_version_is_refused(string text) =>
        Assert.StartsWith($"\"{text}\" is no version of Kubernetes", Assert.Throws<ImagerException>(() => KubernetesRelease.Version(text)).Message, StringComparison.Ordinal);
}
