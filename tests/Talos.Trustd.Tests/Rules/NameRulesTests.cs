using System.Net;
using Talos.Pki;
using Talos.Trustd.Rules;

namespace Talos.Trustd.Tests.Rules;

[Trait("Category", "Security")]
public sealed class NameRulesTests
{
    private static readonly IPAddress Peer = IPAddress.Parse("10.0.0.7");

    private static readonly ReservedNames ControlPlane = new(
        ["CP1", "cp1.example.org", "api.example.org.", "*.cp.example.org", "10.0.0.1", "fd00::1", "203.0.113.5"], [IPAddress.Parse("10.0.0.2"), IPAddress.Parse("::ffff:10.0.0.3")]);

    [Theory]
    [InlineData("edge-02")]
    [InlineData("EDGE-02.Example.org.")]
    [InlineData("a_b.example.org")]
    [InlineData("xn--bcher-kva.example")]
    [InlineData("cp10")]
    [InlineData("cp1.example.com")]
    [InlineData("a.b.cp.example.org")]
    [InlineData("10.0.0.7")]
    [InlineData("192.168.7.2")]
    [InlineData("fd00::7")]
    [InlineData("2001:db8::7")]
    [InlineData("::ffff:10.0.0.7")]
    public void What_can_be_a_node_of_its_own_is_issued(string name) => Assert.Empty(Judge(name).Refused);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.0.9")]
    [InlineData("::1")]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("::")]
    [InlineData("255.255.255.255")]
    [InlineData("240.0.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("ff02::1")]
    [InlineData("169.254.1.1")]
    [InlineData("fe80::7")]
    [InlineData("10.0.0.1")]
    [InlineData("10.0.0.2")]
    [InlineData("10.0.0.3")]
    [InlineData("203.0.113.5")]
    [InlineData("fd00::1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::10.0.0.1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::127.0.0.1")]
    [InlineData("64:ff9b::10.0.0.1")]
    [InlineData("64:ff9b::127.0.0.1")]
    [InlineData("2002:a00:1::1")]
    [InlineData("localhost")]
    [InlineData("LOCALHOST")]
    [InlineData("localhost.")]
    [InlineData("a.localhost")]
    [InlineData("localhost.localdomain")]
    [InlineData("*")]
    [InlineData("*.example.org")]
    [InlineData("a*.example.org")]
    [InlineData("cp1")]
    [InlineData("Cp1.")]
    [InlineData("CP1.EXAMPLE.ORG")]
    [InlineData("api.example.org")]
    [InlineData("api")]
    [InlineData("cp1.example")]
    [InlineData("any.cp.example.org")]
    [InlineData("-edge")]
    [InlineData("edge-")]
    [InlineData("a..b")]
    [InlineData(".")]
    [InlineData("edge 02")]
    [InlineData("edge\0.example.org")]
    [InlineData("edge\n02")]
    [InlineData("édge")]
    [InlineData("1.2.3.4.5")]
    [InlineData("10.0.1")]
    [InlineData("edge.0x7f000001")]
    public void What_is_somebody_elses_or_everybodys_is_not(string name)
    {
        // Some of these are addresses to a parser that is kinder than a certificate.
        SubjectNames wanted = IPAddress.TryParse(name, out IPAddress? address) && (name.Contains(':', StringComparison.Ordinal) || name.Count(c => c == '.') == 3)
            ? new SubjectNames([], [address])
            : new SubjectNames([name], []);

        NameVerdict verdict = NameRules.Judge(wanted, Peer, ControlPlane, _ => null);

        Assert.True(verdict.Issued.IsEmpty, name);
        Assert.Single(verdict.Refused);
        Assert.DoesNotContain(verdict.Refused[0], char.IsControl);
    }

    [Theory]
    [InlineData("63", true)]
    [InlineData("64", false)]
    public void A_label_has_63_characters_at_most(string length, bool issued) =>
        Assert.Equal(issued, Judge(new string('a', int.Parse(length, System.Globalization.CultureInfo.InvariantCulture))).Refused.Count == 0);

    [Fact]
    public void Names_of_others_are_left_out_and_the_own_ones_issued()
    {
        NameVerdict verdict = Judge("localhost", "127.0.0.1", "edge-02", "api.example.org", "10.0.0.7", "192.168.9.9");

        Assert.Equal(["edge-02"], verdict.Issued.DnsNames);
        Assert.Equal(["10.0.0.7", "192.168.9.9"], verdict.Issued.Addresses.Select(a => a.ToString()));
        Assert.Equal(["127.0.0.1 (of every host)", "localhost (of every host)", "api.example.org (of the control plane)"], verdict.Refused);
    }

    [Fact]
    public void The_address_of_the_connection_is_its_own_also_when_another_had_it_and_never_when_it_is_the_control_planes()
    {
        Assert.Equal([Peer], NameRules.Judge(new SubjectNames([], [Peer]), IPAddress.Parse("::ffff:10.0.0.7"), ControlPlane, _ => "10.0.0.9").Issued.Addresses);
        Assert.Empty(NameRules.Judge(new SubjectNames([], [IPAddress.Parse("10.0.0.1")]), IPAddress.Parse("10.0.0.1"), ControlPlane, _ => null).Issued.Addresses);
        Assert.Empty(NameRules.Judge(new SubjectNames([], [IPAddress.Loopback]), IPAddress.Loopback, ControlPlane, _ => null).Issued.Addresses);
        var link = IPAddress.Parse("fe80::7%3");
        Assert.Equal("fe80::7", NameRules.Judge(new SubjectNames([], [IPAddress.Parse("fe80::7")]), link, ControlPlane, _ => null).Issued.Addresses.Single().ToString());
    }

    [Fact]
    public void What_another_holds_is_left_out_and_says_where_it_is() => Assert.Equal(
        ["192.168.9.9 (held by the node at 10.0.0.9)", "edge-02 (held by the node at 10.0.0.9)"],
        NameRules.Judge(SubjectNames.Parse(["edge-02", "192.168.9.9"]), Peer, ControlPlane, _ => "10.0.0.9").Refused);

    /// <summary>Whatever is asked, nothing of the control plane and nothing that every host has comes out.</summary>
    [Fact]
    public void Random_requests_never_get_what_is_not_theirs()
    {
        Random random = new(12);
        string[] parts = ["cp1", "api", "example", "org", "localhost", "*", "10", "0", "1", "127", "a", "", "-", "x*", "CP", "0x1", "é", "cp"];
        for (int round = 0; round < 20_000; round++)
        {
            string name = string.Join('.', Enumerable.Range(0, random.Next(1, 6)).Select(_ => parts[random.Next(parts.Length)]));
            byte[] bytes = new byte[random.Next(2) == 0 ? 4 : 16];
            random.NextBytes(bytes);
            if (bytes.Length == 16 && random.Next(2) == 0)
            {
                bytes.AsSpan(0, 12).Clear();
                ((byte[])[10, 0, 0, (byte)random.Next(4)]).CopyTo(bytes, 12);
            }

            SubjectNames issued = NameRules.Judge(new SubjectNames([name], [new IPAddress(bytes)]), Peer, ControlPlane, _ => null).Issued;

            Assert.DoesNotContain(issued.DnsNames, n => ControlPlane.Covers(n) || n.Contains('*', StringComparison.Ordinal) || n.EndsWith("localhost", StringComparison.Ordinal) || n.Any(char.IsUpper));
            Assert.DoesNotContain(issued.Addresses, a => ControlPlane.Addresses.Contains(a) || IPAddress.IsLoopback(a) || a.IsIPv6Multicast || a.IsIPv4MappedToIPv6);
        }
    }

    private static NameVerdict Judge(params string[] names) => NameRules.Judge(SubjectNames.Parse(names), Peer, ControlPlane, _ => null);
}
