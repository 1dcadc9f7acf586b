using System.Net;
using System.Text;

namespace Talos.Config.Tests;

public sealed class ConfigReaderTests
{
    [Fact]
    public void A_small_config_is_read()
    {
        MachineConfiguration config = ConfigReader.Parse("""
            version: v1alpha1
            machine:
              network:
                hostname: edge-01
                interfaces:
                  - interface: eth0
                    addresses: [10.5.0.2/24, 10.5.0.3]
                    routes:
                      - network: 0.0.0.0/0
                        gateway: 10.5.0.1
                        metric: 100
                      - network: 10.9.1.1/16
                        gateway: 10.5.0.9
                    mtu: 1400
                  - deviceSelector: {driver: virtio_net}
                    dhcp: true
                    dhcpOptions: {routeMetric: 2048}
                nameservers: [9.9.9.9]
              sysctls:
                net.ipv4.ip_forward: "1"
              time: {servers: [time.example.org], bootTimeout: 2m}
            """);

        LinkConfiguration eth0 = config.Network.Links[0];
        Assert.Equal("edge-01", config.Network.Hostname);
        Assert.Equal(new LinkAddress(IPAddress.Parse("10.5.0.3"), 32, null), eth0.Addresses[1]);
        Assert.Equal(IPNetwork.Parse("0.0.0.0/0"), eth0.Routes[0].Destination);
        Assert.Equal(IPNetwork.Parse("10.9.0.0/16"), eth0.Routes[1].Destination);
        Assert.Equal(2048u, config.Network.Links[1].Dhcp4?.RouteMetric);
        Assert.Equal("virtio_net", config.Network.Links[1].Selector?.Driver);
        Assert.Equal("1", config.Sysctls["net.ipv4.ip_forward"]);
        Assert.Equal(TimeSpan.FromMinutes(2), config.Time.BootTimeout);
        Assert.False(config.IsComplete);
        Assert.Empty(config.Warnings);
    }

    [Fact]
    public void Documents_are_merged_with_the_machine_part()
    {
        MachineConfiguration config = ConfigReader.Parse("""
            version: v1alpha1
            machine:
              network:
                interfaces:
                  - interface: eth0
                    dhcp: true
            ---
            apiVersion: v1alpha1
            kind: LinkConfig
            name: eth0
            mtu: 9000
            addresses:
              - address: fd00::2/64
                routePriority: 7
            ---
            apiVersion: v1alpha1
            kind: HostnameConfig
            hostname: edge-02
            ---
            apiVersion: v1alpha1
            kind: DHCPv4Config
            name: eth1
            ignoreRoutes: true
            ---
            apiVersion: v1alpha1
            kind: WatchdogTimerConfig
            device: /dev/watchdog0
            timeout: 2m
            """);

        Assert.Equal(["eth0", "eth1"], config.Network.Links.Select(l => l.Name));
        Assert.Equal(9000, config.Network.Links[0].Mtu);
        Assert.NotNull(config.Network.Links[0].Dhcp4);
        Assert.True(config.Network.Links[1].Dhcp4?.IgnoreRoutes);
        Assert.Equal("edge-02", config.Network.Hostname);
        Assert.Equal(new WatchdogConfiguration("/dev/watchdog0", TimeSpan.FromMinutes(2)), config.Watchdog);
    }

    [Theory]
    [InlineData("machine:\n  netwrok: {}\n", "machine.netwrok", 3, "did you mean 'network'")]
    [InlineData("machine:\n  network:\n    Hostname: x\n", "machine.network.Hostname", 4, "did you mean 'hostname'")]
    [InlineData("machine:\n  type: worker\n  type: worker\n", "type", 4, "given twice")]
    [InlineData("machine:\n  network:\n    nameservers: [10.0.0.300]\n", "machine.network.nameservers[0]", 4, "'10.0.0.300' is not an IP address")]
    [InlineData("machine:\n  network: [a]\n", "machine.network", 3, "a mapping is wanted, not a list")]
    [InlineData("machine:\n  network:\n    interfaces:\n    - interface: eth0\n      mtu: 12\n", "machine.network.interfaces[0].mtu", 6, "12 is less than 68")]
    [InlineData("machine:\n  ca:\n    crt: '###'\n", "machine.ca.crt", 4, "not base64")]
    [InlineData("machine:\n  type: contorlplane\n", "machine.type", 3, "is none of controlplane, worker, init")]
    [InlineData("machine:\n  type: worker\n", "machine.ca.crt", 3, "missing")]
    [InlineData("machine:\n  sysctls:\n    a..b: 1\n", "machine.sysctls[\"a..b\"]", 4, "dotted name")]
    [InlineData("machine:\n  pods:\n  - kind: Pod\n    apiVersion: v1\n    metadata: {name: x}\n    spec: {}\n", "machine.pods[0].spec.containers", 4, "at least one")]
    [InlineData("---\nkind: HostnamConfig\napiVersion: v1alpha1\n", "kind", 4, "did you mean 'HostnameConfig'")]
    [InlineData("---\nkind: WatchdogTimerConfig\napiVersion: v1alpha1\ndevice: /dev/watchdog0\ntimeout: 3s\n", "WatchdogTimerConfig/timeout", 7, "3 s is less than 10 s")]
    [InlineData("machine: [\n", "", 2, "not valid YAML")]
    [InlineData("machine: *x\n", "", 2, "names no anchor")]
    public void What_is_wrong_is_named_by_path_line_and_reason(string rest, string path, int line, string reason)
    {
        string yaml = "version: v1alpha1\n" + (rest.StartsWith("---", StringComparison.Ordinal) ? "machine: {}\n" : "") + rest;

        ConfigReading reading = ConfigReader.Read(Encoding.UTF8.GetBytes(yaml));

        ConfigProblem problem = Assert.Single(reading.Problems);
        Assert.Equal(path, problem.Path);
        Assert.Equal(line, problem.Line);
        Assert.Contains(reason, problem.Message, StringComparison.Ordinal);
        Assert.Null(reading.Configuration);
    }

    [Fact]
    public void Several_problems_are_listed_at_once()
    {
        ConfigReading reading = ConfigReader.Read("version: v2\nmachine:\n  tokn: x\n  time: {bootTimeout: soon}\nfoo: 1\n");

        Assert.Equal(
            ["version", "machine.tokn", "machine.time.bootTimeout", "foo"], reading.Problems.Select(p => p.Path));
    }

    [Fact]
    public void Text_that_is_not_utf8_is_refused_with_its_place()
    {
        ConfigReading reading = ConfigReader.Read([(byte)'a', (byte)'\n', 0xff, (byte)'b']);

        Assert.Equal(new ConfigProblem("", 2, "not valid UTF-8 at byte 2"), Assert.Single(reading.Problems));
    }

    [Fact]
    public void A_config_that_is_too_large_is_refused() =>
        Assert.Contains("more than 4194304", Assert.Single(ConfigReader.Read(new byte[ConfigReader.MaxBytes + 1]).Problems).Message, StringComparison.Ordinal);

    [Fact]
    public void An_alias_bomb_is_refused()
    {
        StringBuilder bomb = new("version: v1alpha1\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 12; i++)
        {
            bomb.Append($"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        }

        Assert.Contains("more than 200000 values", Assert.Single(ConfigReader.Read(bomb.ToString()).Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_nesting_is_refused() =>
        Assert.Contains("nested deeper", Assert.Single(ConfigReader.Read(new string('[', 100_000)).Problems).Message, StringComparison.Ordinal);

    [Fact]
    public void A_static_pod_is_kept_as_json()
    {
        MachineConfiguration config = ConfigReader.Parse("""
            version: v1alpha1
            machine:
              pods:
                - apiVersion: v1
                  kind: Pod
                  metadata: {name: web, labels: {app: "1"}}
                  spec:
                    hostNetwork: yes
                    priority: 1000
                    containers: [{name: web, image: "example.org/web:1", args: ["-p", '8080', 0x10, 1.5, null]}]
            """);

        Assert.Equal(
            """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web","labels":{"app":"1"}},"spec":{"hostNetwork":"yes","priority":1000,"containers":[{"name":"web","image":"example.org/web:1","args":["-p","8080",16,1.5,null]}]}}""",
            Assert.Single(config.StaticPods).Json);
    }

    [Fact]
    public void Parsed_remembers_by_the_string_itself()
    {
        string yaml = new("version: v1alpha1\nmachine: {}\n");

        Assert.Same(ConfigReader.Parsed(yaml), ConfigReader.Parsed(yaml));
    }
}
