using CsCheck;

namespace Talos.Config.Tests;

public sealed class YamlNumberTests
{
    [Theory]
    [InlineData("0644", "420")]
    [InlineData("0400", "256")]
    [InlineData("0777", "511")]
    [InlineData("00", "0")]
    [InlineData("0", "0")]
    [InlineData("-0", "0")]
    [InlineData("+12", "12")]
    [InlineData("-0644", "-420")]
    [InlineData("+0644", "420")]
    [InlineData("0_644", "420")]
    [InlineData("0o644", "420")]
    [InlineData("0O644", "420")]
    [InlineData("-0o644", "-420")]
    [InlineData("0x1F", "31")]
    [InlineData("0X1f", "31")]
    [InlineData("0b101", "5")]
    [InlineData("1_000", "1000")]
    [InlineData("08", "8")]
    [InlineData("0899", "899")]
    [InlineData("-09", "-9")]
    [InlineData("0o8", "\"0o8\"")]
    [InlineData("0o", "\"0o\"")]
    [InlineData("0x", "\"0x\"")]
    [InlineData("0xg", "\"0xg\"")]
    [InlineData("0b2", "\"0b2\"")]
    [InlineData("--1", "\"--1\"")]
    [InlineData("1e3", "1000")]
    [InlineData("1.", "1")]
    [InlineData(".5", "0.5")]
    [InlineData("0.5", "0.5")]
    [InlineData("1.2.3", "\"1.2.3\"")]
    [InlineData("1e", "\"1e\"")]
    [InlineData(".", "\".\"")]
    [InlineData("_1", "\"_1\"")]
    [InlineData("9223372036854775807", "9223372036854775807")]
    [InlineData("9223372036854775808", "9223372036854775808")]
    [InlineData("18446744073709551615", "18446744073709551615")]
    [InlineData("-9223372036854775808", "-9223372036854775808")]
    [InlineData("0644m", "\"0644m\"")]
    [InlineData("\"0644\"", "\"0644\"")]
    [InlineData("!!str 0644", "\"0644\"")]
    public void A_plain_scalar_of_a_pod_is_what_Kubernetes_tools_read(string yaml, string json) => Assert.Equal(json, Pod(yaml));

    [Fact]
    public void File_modes_of_a_pod_arrive_as_Kubernetes_wants_them()
    {
        string json = ConfigReader.Parse("""
            version: v1alpha1
            machine:
              pods:
                - apiVersion: v1
                  kind: Pod
                  metadata: {name: web}
                  spec:
                    containers: [{name: web, image: web:1}]
                    volumes: [{name: info, downwardAPI: {defaultMode: 0644, items: [{path: labels, mode: 0400}]}}]
            """).StaticPods[0].Json;

        Assert.Contains("\"defaultMode\":420", json, StringComparison.Ordinal);
        Assert.Contains("\"mode\":256", json, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_octal_number_is_the_same_in_each_way_to_write_it() => Gen.Int[0, int.MaxValue].Sample(number =>
    {
        string octal = Convert.ToString(number, 8);
        Assert.Equal($"{number}", Pod($"0{octal}"));
        Assert.Equal($"{number}", Pod($"0o{octal}"));
        Assert.Equal($"{number}", Pod($"{number}"));
    });

    [Fact]
    public void Any_text_is_looked_at_without_an_exception() => Gen.String.Sample(text =>
    {
        YamlNumber.TryRead(text, out _, out _, out _);
    });

    [Theory]
    [InlineData("kind: DHCPv4Config\nname: eth0\nrouteMetric: {0}", "DHCPv4Config(eth0)/routeMetric")]
    [InlineData("kind: LinkConfig\nname: eth0\nmtu: {0}", "LinkConfig(eth0)/mtu")]
    [InlineData("kind: LinkConfig\nname: eth0\nroutes: [{gateway: 10.0.0.1, metric: {0}}]", "LinkConfig(eth0)/routes[0].metric")]
    [InlineData("kind: LinkConfig\nname: eth0\nroutes: [{gateway: 10.0.0.1, table: {0}}]", "LinkConfig(eth0)/routes[0].table")]
    [InlineData("kind: LinkConfig\nname: eth0\naddresses: [{address: 10.0.0.1/24, routePriority: {0}}]", "LinkConfig(eth0)/addresses[0].routePriority")]
    [InlineData("kind: VLANConfig\nname: eth0\nparent: eth1\nvlanID: {0}", "VLANConfig(eth0)/vlanID")]
    [InlineData("kind: UpdateConfig\ndownload: {bytesPerSecond: {0}}", "UpdateConfig/download.bytesPerSecond")]
    [InlineData("machine: {network: {interfaces: [{interface: eth0, mtu: {0}}]}}", "machine.network.interfaces[0].mtu")]
    [InlineData("machine: {network: {interfaces: [{interface: eth0, dhcp: true, dhcpOptions: {routeMetric: {0}}}]}}", "machine.network.interfaces[0].dhcpOptions.routeMetric")]
    [InlineData("cluster: {controlPlane: {localAPIServerPort: {0}}}", "cluster.controlPlane.localAPIServerPort")]
    public void Elsewhere_a_number_with_a_0_before_it_is_refused_and_0o_is_octal(string form, string path)
    {
        string head = form.StartsWith("kind", StringComparison.Ordinal) ? "apiVersion: v1alpha1\n" : "version: v1alpha1\n";
        IEnumerable<string> Paths(string number) =>
            ConfigReader.Read(head + form.Replace("{0}", number, StringComparison.Ordinal)).Problems.Select(p => p.Path);

        Assert.Contains(path, Paths("01777"));
        Assert.Contains(path, Paths("00"));
        Assert.Contains(path, Paths("0_900"));
        Assert.DoesNotContain(path, Paths("1777"));
    }

    [Fact]
    public void File_permissions_stay_octal_with_and_without_a_0() => Assert.All(new[] { "644", "0644", "0o644" }, mode => Assert.Equal(
        (UnixFileMode)0b110_100_100,
        ConfigReader.Parse($"version: v1alpha1\nmachine: {{files: [{{path: /var/a, content: a, permissions: {mode}}}]}}").Files[0].Permissions));

    private static string Pod(string scalar)
    {
        string json = ConfigReader.Parse(
            $"version: v1alpha1\nmachine: {{pods: [{{apiVersion: v1, kind: Pod, metadata: {{name: a}}, spec: {{x: {scalar}, containers: [{{name: a}}]}}}}]}}")
            .StaticPods[0].Json;
        int start = json.IndexOf("\"x\":", StringComparison.Ordinal) + 4;
        return json[start..json.IndexOf(",\"containers\"", StringComparison.Ordinal)];
    }
}
