using Grpc.Core;
using Talos.Api.Cosi;
using Talos.Cosi;
using Talos.Resources.Block;
using Talos.Resources.Config;
using Talos.Resources.Kubernetes;
using Talos.Resources.Runtime;

namespace Talos.Machined.Tests.Api;

/// <summary>What os:reader gets to see of a node full of secrets, asked for by every type and namespace that the node serves.</summary>
[Trait("Category", "Security")]
public sealed class ReaderTests(MachineApiFixture node) : IClassFixture<MachineApiFixture>
{
    private const string Canary = "canary-7f3a91";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_secret_of_the_config_reaches_a_reader_over_any_resource()
    {
        Give("web", new ServiceSpec { Executable = "/usr/bin/kubelet", Cgroup = "system/x", Environment = [$"https_proxy=http://user:{Canary}@proxy"], Arguments = [$"--token={Canary}"] });
        Give("default-web", new StaticPod { Pod = new KubernetesObject("{\"spec\":{\"env\":\"" + Canary + "\"}}") });
        Give("0x10", new MetaKey { Value = Canary });
        Give("canary", new MachineConfig { Yaml = $"machine:\n  token: {Canary}\n" });
        int seenByAdmin = 0;
        (string Namespace, string Type)[] all = await DefinitionsAsync();

        foreach ((string ns, string type) in all)
        {
            string admin = await ListAsync(ns, type, "os:admin") ?? throw new InvalidOperationException(type);
            seenByAdmin += admin.Contains(Canary, StringComparison.Ordinal) ? 1 : 0;
            foreach (string role in (string[])["os:reader", "os:operator", "os:meta:writer", "os:etcd:backup", "os:reader,os:operator"])
            {
                Assert.DoesNotContain(Canary, await ListAsync(ns, type, role) ?? "", StringComparison.Ordinal);
            }
        }

        Assert.Equal(4, seenByAdmin);
        Assert.True(all.Length > 40, $"{all.Length} types");
    }

    private void Give<T>(string id, T spec) where T : class, IResourceSpec<T> => node.Node.State.Create(Resource<T>.Create(id, spec), "test");

    private async Task<(string Namespace, string Type)[]> DefinitionsAsync()
    {
        List<(string, string)> found = [];
        using AsyncServerStreamingCall<ListResponse> list = new State.StateClient(node.Channel).List(
            new ListRequest { Namespace = "meta", Type = "ResourceDefinitions.meta.cosi.dev" }, MachineApiFixture.As("os:reader"), cancellationToken: Ct);
        await foreach (ListResponse answer in list.ResponseStream.ReadAllAsync(Ct))
        {
            Dictionary<string, string> fields = answer.Resource.Spec.YamlSpec.Split('\n').Select(l => l.Split(": ", 2)).Where(l => l.Length == 2).GroupBy(l => l[0].Trim()).ToDictionary(g => g.Key, g => g.First()[1].Trim('"'));
            found.Add((fields["defaultNamespace"], fields["type"]));
        }

        return [.. found];
    }

    private async Task<string?> ListAsync(string ns, string type, string role)
    {
        try
        {
            using AsyncServerStreamingCall<ListResponse> list = new State.StateClient(node.Channel).List(
                new ListRequest { Namespace = ns, Type = type }, MachineApiFixture.As(role), cancellationToken: Ct);
            System.Text.StringBuilder text = new();
            await foreach (ListResponse answer in list.ResponseStream.ReadAllAsync(Ct))
            {
                text.Append(answer.Resource.Spec.YamlSpec).Append(answer.Resource.Spec.ProtoSpec.ToStringUtf8()).Append(answer.Resource.Metadata);
            }

            return text.ToString();
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.PermissionDenied)
        {
            return null;
        }
    }
}
