using System.Text;

namespace Talos.Config.Tests;

public sealed class FleetConfigTests
{
    private static readonly string Ca = Indented(Talos.Pki.CertificateAuthority.Create(Talos.Pki.AuthorityOptions.Maintenance, TimeProvider.System).CertificatePem);

    private static string Head => $"apiVersion: v1alpha1\nkind: FleetConfig\nhub: https://hub.example:8443\nhubCA: |\n{Ca}";

    [Fact]
    public void Without_the_document_there_is_no_fleet() =>
        Assert.Null(ConfigReader.Parse("apiVersion: v1alpha1\nkind: HostnameConfig\nhostname: edge\n").Fleet);

    [Fact]
    public void Hub_and_its_CA_are_enough()
    {
        FleetConfiguration fleet = ConfigReader.Parse(Head).Fleet!;

        Assert.Equal(new Uri("https://hub.example:8443"), fleet.Hub);
        Assert.Equal((TimeSpan.FromHours(1), TimeSpan.FromMinutes(20), true), (fleet.TelemetryInterval, fleet.KeepAlive, fleet.VetoHealth));
        Assert.Empty(fleet.Brokers);
    }

    [Fact]
    public void Everything_else_is_read()
    {
        FleetConfiguration fleet = ConfigReader.Parse(Head + """
            token: secret
            brokers: [mqtts://a.example, "mqtts://[fd00::1]:8884"]
            nodeId: edge-01
            labels: {site: north}
            telemetryInterval: 10m
            keepAlive: 1m
            vetoes:
              health: false
              minimumBatteryPercent: 30
              externalPower: true
              probes:
                - name: press
                  url: http://127.0.0.1:8080/idle
            """).Fleet!;

        Assert.Equal(("secret", "edge-01", "north"), (fleet.Token.Reveal(), fleet.NodeId, fleet.Labels["site"]));
        Assert.Equal((30, true, false), (fleet.MinimumBatteryPercent, fleet.ExternalPower, fleet.VetoHealth));
        Assert.Equal((2, "press"), (fleet.Brokers.Count, Assert.Single(fleet.Probes).Name));
        Assert.DoesNotContain("secret", fleet.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("brokers: [mqtt://h]\n", "FleetConfig/brokers", "is no mqtts://")]
    [InlineData("nodeId: Edge\n", "FleetConfig/nodeId", "is not 1 to 64")]
    [InlineData("nodeId: hub-1\n", "FleetConfig/nodeId", "begins with hub-")]
    [InlineData("telemetryInterval: 1s\n", "FleetConfig/telemetryInterval", "1 s is less than 10 s")]
    [InlineData("vetoes: {minimumBatteryPercent: 101}\n", "FleetConfig/vetoes.minimumBatteryPercent", "more than 100")]
    [InlineData("vetoes: {probes: [{name: x, url: 'ftp://h/'}]}\n", "FleetConfig/vetoes.probes[0].url", "neither http nor https")]
    public void What_is_wrong_is_named(string rest, string path, string reason)
    {
        ConfigProblem problem = Assert.Single(ConfigReader.Read(Encoding.UTF8.GetBytes(Head + rest)).Problems);

        Assert.Equal(path, problem.Path);
        Assert.Contains(reason, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hub: http://hub.example\nhubCA: x\n", "'http' is not https")]
    [InlineData("hub: https://hub.example\nhubCA: x\n", "is no certificate in PEM")]
    [InlineData("hubCA: x\n", "missing")]
    public void A_hub_without_https_or_CA_is_refused(string rest, string reason) => Assert.Contains(
        ConfigReader.Read(Encoding.UTF8.GetBytes("apiVersion: v1alpha1\nkind: FleetConfig\n" + rest)).Problems, p => p.Message.Contains(reason, StringComparison.Ordinal));

    private static string Indented(string pem) => string.Concat(pem.TrimEnd().Split('\n').Select(l => $"  {l}\n"));
}
