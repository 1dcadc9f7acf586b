namespace Talos.Config.Tests;

public sealed class ConfigPatcherTests
{
    private const string Config = """
        version: v1alpha1
        machine:
            type: worker
            certSANs: [a.example.org]
            network:
                hostname: edge-01
                interfaces:
                    - interface: eth0
                      dhcp: true
                    - interface: eth1
                      mtu: 1400
        cluster:
            network:
                podSubnets: [10.244.0.0/16]
        ---
        apiVersion: v1alpha1
        kind: SysctlConfig
        params:
            kernel.panic: "10"

        """;

    [Fact]
    public void Mappings_merge_and_lists_grow()
    {
        string patched = ConfigPatcher.Apply(Config, ["machine: {certSANs: [b.example.org], network: {hostname: edge-02}}"]);

        MachineText(patched, "certSANs: [a.example.org]", "hostname: edge-02");
        Assert.Contains("- b.example.org", patched, StringComparison.Ordinal);
    }

    [Fact]
    public void Interfaces_merge_by_name_and_pod_subnets_are_replaced()
    {
        string patched = ConfigPatcher.Apply(Config, [
            "machine: {network: {interfaces: [{interface: eth1, mtu: 9000}]}}\ncluster: {network: {podSubnets: [10.1.0.0/16]}}"]);

        NetworkLinks(patched, "eth0 ", "eth1 9000");
        Assert.Contains("10.1.0.0/16", patched, StringComparison.Ordinal);
        Assert.DoesNotContain("10.244.0.0/16", patched, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directive_deletes_fields_elements_and_documents()
    {
        string patched = ConfigPatcher.Apply(Config, [
            """
            machine:
              network:
                hostname: null
                interfaces:
                  - interface: eth0
                    $patch: delete
            cluster:
              $patch: delete
            ---
            apiVersion: v1alpha1
            kind: SysctlConfig
            $patch: delete
            """]);

        NetworkLinks(patched, "eth1 1400");
        Assert.DoesNotContain("cluster", patched, StringComparison.Ordinal);
        Assert.DoesNotContain("SysctlConfig", patched, StringComparison.Ordinal);
    }

    [Fact]
    public void A_document_of_a_new_kind_is_added()
    {
        string patched = ConfigPatcher.Apply(Config, ["apiVersion: v1alpha1\nkind: HostnameConfig\nauto: stable\n"]);

        Assert.Equal(["v1alpha1", "SysctlConfig", "HostnameConfig"], Kinds(patched));
    }

    [Fact]
    public void A_json_patch_works_on_the_machine_document()
    {
        string patched = ConfigPatcher.Apply(Config, [
            """
            [
              {"op": "test", "path": "/machine/type", "value": "worker"},
              {"op": "replace", "path": "/machine/network/hostname", "value": "edge-03"},
              {"op": "add", "path": "/machine/certSANs/-", "value": "10.0.0.1"},
              {"op": "add", "path": "/machine/sysctls", "value": {"net.ipv4.ip_forward": "1"}},
              {"op": "remove", "path": "/machine/network/interfaces/0"},
              {"op": "copy", "from": "/machine/network/interfaces/0", "path": "/machine/network/interfaces/1"},
              {"op": "replace", "path": "/machine/network/interfaces/1/interface", "value": "eth9"},
              {"op": "move", "from": "/machine/network/interfaces/1/mtu", "path": "/machine/network/interfaces/1/mtu"}
            ]
            """]);

        MachineText(patched, "hostname: edge-03", "\"10.0.0.1\"", "net.ipv4.ip_forward: \"1\"");
        NetworkLinks(patched, "eth1 1400", "eth9 1400");
    }

    [Theory]
    [InlineData("[{\"op\": \"remove\", \"path\": \"/machine/nothing\"}]", "/machine/nothing is not there")]
    [InlineData("[{\"op\": \"add\", \"path\": \"/machine/certSANs/7\", \"value\": 1}]", "has 1 elements")]
    [InlineData("[{\"op\": \"test\", \"path\": \"/machine/type\", \"value\": \"controlplane\"}]", "the value differs")]
    [InlineData("[{\"op\": \"set\", \"path\": \"/machine\"}]", "none of add")]
    [InlineData("[{\"path\": \"/machine\"}]", "'op' is missing")]
    [InlineData("[{\"op\": \"add\", \"path\": \"machine\", \"value\": 1}]", "does not start with /")]
    [InlineData("kind: HostnameConfig\n$patch: delete\n", "no such document")]
    [InlineData("machine: {$patch: remove}", "only 'delete' is known")]
    [InlineData("machine: [", "not valid YAML")]
    [InlineData("text", "must be a mapping or a list")]
    public void A_patch_that_does_not_fit_is_refused(string patch, string reason)
    {
        ConfigException error = Assert.Throws<ConfigException>(() => ConfigPatcher.Apply(Config, [patch]));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_patch_changes_nothing_but_the_form()
    {
        string once = ConfigPatcher.Apply(Config, []);

        Assert.Equal("", ConfigDiff.Between(Config, once));
        Assert.Equal(once, ConfigPatcher.Apply(once, []));
    }

    private static void MachineText(string yaml, params string[] parts)
    {
        Node machine = ((MappingNode)ConfigPatcher.Load(yaml)[0]).Find("machine")!;
        string text = NodeWriter.Write([machine]);
        foreach (string part in parts.Where(p => !p.Contains('[', StringComparison.Ordinal)))
        {
            Assert.Contains(part, text, StringComparison.Ordinal);
        }
    }

    private static void NetworkLinks(string yaml, params string[] links)
    {
        View network = new View((MappingNode)ConfigPatcher.Load(yaml)[0]).Map("machine").Map("network");
        Assert.Equal(links, network.Maps("interfaces").Select(i => $"{i.Text("interface")} {i.Text("mtu")}"));
    }

    private static IEnumerable<string> Kinds(string yaml) =>
        ConfigPatcher.Load(yaml).Select(d => DocumentSet.Identify((MappingNode)d).Kind is { Length: > 0 } kind ? kind : "v1alpha1");
}
