using CsCheck;
using Talos.Kubernetes.Rules;

namespace Talos.Kubernetes.Tests.Rules;

public sealed class StaticPodFilesTests
{
    private const string Good = """{"apiVersion":"v1","kind":"Pod","spec":{"containers":[{"name":"a","image":"localhost/a:1"}]}}""";

    [Fact]
    public void Two_pods_never_share_an_id_and_the_order_does_not_matter()
    {
        Gen<string> names = Gen.Int[0, 2].Array[1, 4].Select(parts => string.Join('-', parts.Select(p => "kube,system,proxy".Split(',')[p])));
        Gen.Select(names, names).Array[0, 8].Select(pods => pods.Distinct().ToArray()).Sample(pods =>
        {
            IReadOnlyList<string> ids = StaticPodFiles.Ids(pods);
            (string, string)[] turned = [.. pods.Reverse()];

            Assert.Equal(pods.Length, ids.Distinct().Count());
            Assert.Equal(ids.Reverse(), StaticPodFiles.Ids(turned));
        });
    }

    [Fact]
    public void Only_pods_that_would_share_an_id_have_another() => Assert.Equal(
        ["kube_system-proxy", "kube-system_proxy", "kube-system-edge-proxy", "default-web.1"],
        StaticPodFiles.Ids([("kube", "system-proxy"), ("kube-system", "proxy"), ("kube-system", "edge-proxy"), ("default", "web.1")]));

    [Fact]
    public void A_pod_with_a_container_is_taken() => Assert.Null(StaticPodFiles.Problem("default", "web.front-1", Good));

    [Theory]
    [InlineData("default", "Web", Good)]
    [InlineData("default", "../x", Good)]
    [InlineData("a.b", "web", Good)]
    [InlineData("default", "web", """{"apiVersion":"apps/v1","kind":"Deployment"}""")]
    [InlineData("default", "web", """{"apiVersion":"v1","kind":"Pod"}""")]
    [InlineData("default", "web", """{"apiVersion":"v1","kind":"Pod","spec":{"containers":[]}}""")]
    [InlineData("default", "web", """{"apiVersion":"v1","kind":"Pod","spec":{"containers":[{"name":"a"}]}}""")]
    [InlineData("default", "web", """[]""")]
    public void What_the_kubelet_would_not_run_is_named(string ns, string name, string json) =>
        Assert.StartsWith($"{ns}/{name} ", StaticPodFiles.Problem(ns, name, json), StringComparison.Ordinal);

    [Fact]
    public void Statuses_are_those_of_pods_from_files()
    {
        IReadOnlyDictionary<string, string> statuses = PodList.StaticStatuses("""
            {"items":[
            {"metadata":{"name":"web-edge","namespace":"default","annotations":{"kubernetes.io/config.source":"file"}},"status":{"phase":"Running"}},
            {"metadata":{"name":"api","namespace":"default","annotations":{"kubernetes.io/config.source":"api"}},"status":{"phase":"Running"}},
            {"metadata":{"name":"odd"}}]}
            """u8.ToArray());

        Assert.Equal("{\"phase\":\"Running\"}", Assert.Single(statuses, s => s.Key == "default/web-edge").Value);
        Assert.Single(statuses);
    }

    [Fact]
    public void A_list_without_pods_is_empty() => Assert.Empty(PodList.StaticStatuses("""{"items":null}"""u8.ToArray()));
}
