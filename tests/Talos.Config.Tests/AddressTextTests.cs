using System.Net;
using CsCheck;

namespace Talos.Config.Tests;

/// <summary>Addresses that programs read differently, wherever they stand in a config.</summary>
public sealed class AddressTextTests
{
    public static TheoryData<string> Ambiguous =>
    [
        "192.168.001.010", "10.0.0.01", "00.0.0.1", "010.0.0.1", "0x0a.0.0.1", "10.0x0.0.1", "192.168.1.0xA", "0300.0250.01.01", "10.0.0.000",
    ];

    [Theory]
    [MemberData(nameof(Ambiguous))]
    public void An_address_with_a_part_in_octal_or_hexadecimal_is_none(string text)
    {
        Assert.False(AddressText.TryParse(text, out _));
        Assert.False(AddressText.TryParse($"::ffff:{text}", out _));
        Assert.False(AddressText.TryParsePrefix($"{text}/24", out _, out _));
        Assert.False(AddressText.IsHost(text));
        Assert.True(AddressText.IsAmbiguous(text));
        Assert.All(
            new[] { $"{text}:80", $"{text}/24", $"!{text}/24", $"https://{text}", $"https://u:p@{text}:6443/x?y#z", $"[::ffff:{text}]:80", $"fd00::1,{text}", $"{text}:5000/image:1" },
            form => Assert.True(AddressText.IsAmbiguous(form), form));
    }

    [Theory]
    [InlineData("10.1")]
    [InlineData("167772161")]
    [InlineData("0x7f000001")]
    [InlineData("1.2.3.4.5")]
    [InlineData("1.2.3.256")]
    [InlineData("1.2.3.-4")]
    [InlineData("1.2.3.4 ")]
    [InlineData(" 1.2.3.4")]
    [InlineData("1.2.3.")]
    [InlineData("")]
    [InlineData("::1/64")]
    [InlineData("[::1]")]
    [InlineData("[::1]:80")]
    [InlineData("::0x1")]
    [InlineData("12345::")]
    [InlineData("::ffff:1.2.3")]
    [InlineData("fe80::1%")]
    public void What_the_framework_may_take_for_an_address_and_people_do_not_is_none(string text) => Assert.False(AddressText.TryParse(text, out _));

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("255.255.255.255")]
    [InlineData("10.0.100.20")]
    [InlineData("::")]
    [InlineData("fd00::0001")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("2001:DB8::1")]
    public void Plain_addresses_are_read(string text)
    {
        Assert.True(AddressText.TryParse(text, out IPAddress? address));
        Assert.Equal(IPAddress.Parse(text), address);
        Assert.False(AddressText.IsAmbiguous(text));
        Assert.True(AddressText.IsHost(text));
    }

    [Fact]
    public void Every_address_is_read_as_the_framework_writes_it() =>
        Gen.OneOf(Gen.Byte.Array[4], Gen.Byte.Array[16]).Sample(bytes =>
        {
            IPAddress address = new(bytes);
            Assert.True(AddressText.TryParse(address.ToString(), out IPAddress? read) && read.Equals(address), address.ToString());
            Assert.False(AddressText.IsAmbiguous($"tcp://{(bytes.Length == 4 ? address : $"[{address}]")}:80"));
        });

    [Fact]
    public void Any_text_is_looked_at_without_an_exception() => Gen.String.Sample(text =>
    {
        _ = AddressText.TryParse(text, out _);
        _ = AddressText.TryParsePrefix(text, out _, out _);
        AddressText.IsHost(text);
        AddressText.IsAmbiguous(text);
    });

    /// <summary>A config each, {0} is the address; and the path that must be named.</summary>
    public static TheoryData<string, string> Places => new()
    {
        { "machine: {network: {nameservers: [{0}]}}", "machine.network.nameservers[0]" },
        { "machine: {network: {interfaces: [{interface: eth0, addresses: [{0}/24]}]}}", "machine.network.interfaces[0].addresses[0]" },
        { "machine: {network: {interfaces: [{interface: eth0, addresses: [{0}]}]}}", "machine.network.interfaces[0].addresses[0]" },
        { "machine: {network: {interfaces: [{interface: eth0, cidr: {0}/24}]}}", "machine.network.interfaces[0].cidr" },
        { "machine: {network: {interfaces: [{interface: eth0, routes: [{network: {0}/32, gateway: 10.0.0.1}]}]}}", "machine.network.interfaces[0].routes[0].network" },
        { "machine: {network: {interfaces: [{interface: eth0, routes: [{gateway: {0}}]}]}}", "machine.network.interfaces[0].routes[0].gateway" },
        { "machine: {network: {interfaces: [{interface: eth0, routes: [{gateway: 10.0.0.1, source: {0}}]}]}}", "machine.network.interfaces[0].routes[0].source" },
        { "machine: {network: {interfaces: [{interface: eth0, vip: {ip: {0}}}]}}", "machine.network.interfaces[0].vip.ip" },
        { "machine: {network: {interfaces: [{interface: eth0, vlans: [{vlanId: 5, addresses: [{0}/24]}]}]}}", "machine.network.interfaces[0].vlans[0].addresses[0]" },
        { "machine: {network: {interfaces: [{interface: eth0, bond: {arpIPTarget: [{0}]}}]}}", "machine.network.interfaces[0].bond.arpIPTarget[0]" },
        { "machine: {network: {interfaces: [{interface: wg0, wireguard: {peers: [{endpoint: '{0}:51820'}]}}]}}", "machine.network.interfaces[0].wireguard.peers[0].endpoint" },
        { "machine: {network: {interfaces: [{interface: wg0, wireguard: {peers: [{allowedIPs: [{0}/24]}]}}]}}", "machine.network.interfaces[0].wireguard.peers[0].allowedIPs[0]" },
        { "machine: {network: {extraHostEntries: [{ip: {0}, aliases: [db]}]}}", "machine.network.extraHostEntries[0].ip" },
        { "machine: {time: {servers: [{0}]}}", "machine.time.servers[0]" },
        { "machine: {certSANs: [{0}]}", "machine.certSANs[0]" },
        { "machine: {kubelet: {clusterDNS: [{0}]}}", "machine.kubelet.clusterDNS[0]" },
        { "machine: {kubelet: {nodeIP: {validSubnets: ['!{0}/24']}}}", "machine.kubelet.nodeIP.validSubnets[0]" },
        { "machine: {kubelet: {extraArgs: {node-ip: {0}}}}", "machine.kubelet.extraArgs.node-ip" },
        { "machine: {kubelet: {extraConfig: {clusterDNS: [{0}]}}}", "machine.kubelet.extraConfig.clusterDNS[0]" },
        { "machine: {kubelet: {image: '{0}:5000/kubelet:v1'}}", "machine.kubelet.image" },
        { "machine: {install: {image: '{0}/installer:v1'}}", "machine.install.image" },
        { "machine: {install: {extraKernelArgs: ['ip={0}::10.0.0.1:255.255.255.0::eth0:off']}}", "machine.install.extraKernelArgs[0]" },
        { "machine: {install: {extraKernelArgs: ['ip=10.0.0.5::{0}:255.255.255.0::eth0:off']}}", "machine.install.extraKernelArgs[0]" },
        { "machine: {registries: {mirrors: {docker.io: {endpoints: ['http://{0}:5000']}}}}", "machine.registries.mirrors[\"docker.io\"].endpoints[0]" },
        { "machine: {registries: {mirrors: {'{0}:5000': {endpoints: ['http://10.0.0.1']}}}}", "machine.registries.mirrors[\"{0}:5000\"]" },
        { "machine: {registries: {config: {'{0}': {auth: {username: u}}}}}", "machine.registries.config[\"{0}\"]" },
        { "machine: {logging: {destinations: [{endpoint: 'tcp://{0}:514', format: json_lines}]}}", "machine.logging.destinations[0].endpoint" },
        { "machine: {env: {http_proxy: 'http://u:p@{0}:3128/'}}", "machine.env.http_proxy" },
        { "cluster: {controlPlane: {endpoint: 'https://{0}:6443'}}", "cluster.controlPlane.endpoint" },
        { "cluster: {network: {podSubnets: [{0}/32]}}", "cluster.network.podSubnets[0]" },
        { "cluster: {network: {serviceSubnets: [{0}/32]}}", "cluster.network.serviceSubnets[0]" },
        { "cluster: {apiServer: {certSANs: [{0}]}}", "cluster.apiServer.certSANs[0]" },
        { "cluster: {etcd: {advertisedSubnets: [{0}/24]}}", "cluster.etcd.advertisedSubnets[0]" },
        { "cluster: {discovery: {registries: {service: {endpoint: 'https://{0}/'}}}}", "cluster.discovery.registries.service.endpoint" },
        { "kind: LinkConfig\nname: eth0\naddresses: [{address: {0}/24}]", "LinkConfig(eth0)/addresses[0].address" },
        { "kind: LinkConfig\nname: eth0\nroutes: [{destination: {0}/32, gateway: 10.0.0.1}]", "LinkConfig(eth0)/routes[0].destination" },
        { "kind: LinkConfig\nname: eth0\nroutes: [{gateway: {0}}]", "LinkConfig(eth0)/routes[0].gateway" },
        { "kind: ResolverConfig\nnameservers: [{address: {0}}]", "ResolverConfig/nameservers[0].address" },
        { "kind: StaticHostConfig\nname: {0}\nhostnames: [db]", "StaticHostConfig({0})/name" },
        { "kind: TimeSyncConfig\nntp: {servers: [{0}]}", "TimeSyncConfig/ntp.servers[0]" },
        { "kind: RegistryMirrorConfig\nname: '{0}:5000'\nendpoints: [{url: 'http://10.0.0.1'}]", "RegistryMirrorConfig({0}:5000)/name" },
        { "kind: RegistryMirrorConfig\nname: docker.io\nendpoints: [{url: 'http://{0}:5000'}]", "RegistryMirrorConfig(docker.io)/endpoints[0].url" },
        { "kind: Layer2VIPConfig\nname: {0}\nlink: eth0", "Layer2VIPConfig({0})/name" },
        { "kind: WireguardConfig\nname: wg0\nprivateKey: YWJj\npeers: [{endpoint: '{0}:51820'}]", "WireguardConfig(wg0)/peers[0].endpoint" },
        { "kind: KubeClusterConfig\nclusterName: a\nendpoint: https://{0}:6443", "KubeClusterConfig/endpoint" },
        { "kind: KubeAPIServerConfig\nimage: x\ncertExtraSANs: [{0}]", "KubeAPIServerConfig/certExtraSANs[0]" },
        { "kind: KubeletConfig\nclusterDNS: [{0}]", "KubeletConfig/clusterDNS[0]" },
        { "kind: BlackholeRouteConfig\nname: {0}/24", "BlackholeRouteConfig({0}/24)/name" },
        { "kind: RoutingRuleConfig\nname: '100'\ntable: main\nsrc: {0}/24", "RoutingRuleConfig(100)/src" },
        { "kind: NetworkRuleConfig\nname: a\ningress: [{subnet: {0}/24}]", "NetworkRuleConfig(a)/ingress[0].subnet" },
        { "kind: TCPProbeConfig\nname: a\nendpoint: '{0}:80'", "TCPProbeConfig(a)/endpoint" },
        { "kind: HTTPProbeConfig\nname: a\nurl: 'http://{0}/'", "HTTPProbeConfig(a)/url" },
        { "kind: EventSinkConfig\nendpoint: '{0}:8080'", "EventSinkConfig/endpoint" },
        { "kind: KmsgLogConfig\nname: a\nurl: 'udp://{0}:514'", "KmsgLogConfig(a)/url" },
        { "kind: SideroLinkConfig\napiUrl: 'https://{0}/'", "SideroLinkConfig/apiUrl" },
        { "kind: UpdateConfig\nprobes: [{name: a, url: 'http://{0}/'}]", "UpdateConfig/probes[0].url" },
        { "kind: UpdateConfig\ndownload: {proxy: 'http://{0}:3128'}", "UpdateConfig/download.proxy" },
        { "kind: FleetConfig\nhub: https://hub.example.org\nhubCA: x\nbrokers: ['mqtts://{0}:8883']", "FleetConfig/brokers[0]" },
        { "kind: FleetConfig\nhub: https://{0}:8443\nhubCA: x", "FleetConfig/hub" },
        { "kind: EnvironmentConfig\nvariables: {https_proxy: 'http://{0}:3128'}", "EnvironmentConfig/variables.https_proxy" },
    };

    [Theory]
    [MemberData(nameof(Places))]
    public void In_every_place_of_a_config_it_is_refused_with_line_and_path(string form, string path)
    {
        string head = form.StartsWith("kind", StringComparison.Ordinal) ? "apiVersion: v1alpha1\n" : "version: v1alpha1\n";
        foreach (string address in (string[])["192.168.001.010", "10.0.0.0x1f"])
        {
            ConfigReading reading = ConfigReader.Read(head + form.Replace("{0}", address, StringComparison.Ordinal));

            ConfigProblem problem = Assert.Single(reading.Problems, p => p.Path == path.Replace("{0}", address, StringComparison.Ordinal));
            Assert.True(problem.Line > 1, problem.ToString());
            Assert.Contains(AddressText.Hint, problem.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void The_same_places_take_a_plain_address(string form, string path)
    {
        string head = form.StartsWith("kind", StringComparison.Ordinal) ? "apiVersion: v1alpha1\n" : "version: v1alpha1\n";
        ConfigReading reading = ConfigReader.Read(head + form.Replace("{0}", "192.168.1.10", StringComparison.Ordinal));

        Assert.DoesNotContain(reading.Problems, p => p.Path == path.Replace("{0}", "192.168.1.10", StringComparison.Ordinal) && p.Path != "FleetConfig/hubCA");
    }

    [Fact]
    public void Manifests_of_pods_are_left_to_Kubernetes()
    {
        const string pod = "version: v1alpha1\nmachine: {pods: [{apiVersion: v1, kind: Pod, metadata: {name: a, labels: {v: 10.0.010.1}}, spec: {containers: [{name: a, image: b}]}}]}";

        Assert.Empty(ConfigReader.Read(pod).Problems);
    }

    [Fact]
    public void No_scalar_type_of_the_schema_that_takes_an_address_takes_an_ambiguous_one() =>
        Assert.All(
            new[] { "ip", "cidr", "network", "address", "url", "logurl", "host", "target" },
            type => Assert.All(
                new[] { "{0}", "{0}/24", "{0}/32", "http://{0}", "tcp://{0}:514" },
                form => Assert.True(
                    ScalarRules.Named(type).Check(new ScalarNode(form.Replace("{0}", "10.0.010.1", StringComparison.Ordinal))) is not null, $"{type} {form}")));
}
