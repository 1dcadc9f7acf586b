using CsCheck;
using Talos.Imager.Debian;
using Talos.Imager.Tools;

namespace Talos.Imager.Tests.Debian;

public sealed class DebianVersionTests
{
    private static readonly string[] Known = ["1", "1.0", "1.0-1", "1.0-1+b1", "1.0~rc1-1", "1.0-1~deb13u1", "1.0-1+deb13u1", "1:0.9-1", "1.0+ds1-2", "2.41-12+deb13u5", "0", "1.10-1", "1.9-1"];

    private static readonly Gen<string> Version = Gen.OneOf(
        Gen.Int[0, Known.Length - 1].Select(i => Known[i]),
        Gen.Char["0123456789.~+abz"].Array[1, 8].Select(c => "1" + new string(c)));

    [Theory]
    [InlineData("1.0~rc1", "1.0")]
    [InlineData("1.0", "1.0-1")]
    [InlineData("1.0-1", "1.0-1+b1")]
    [InlineData("1.0-1~deb13u1", "1.0-1")]
    [InlineData("1.0-1", "1.0-1+deb13u1")]
    [InlineData("1.9-1", "1.10-1")]
    [InlineData("9.9-9", "1:0.1-1")]
    [InlineData("1.0a", "1.0+")]
    [InlineData("1.1.15+ds1-2+b4", "1.1.15+ds1-2+deb13u1")]
    public void The_order_is_that_of_the_policy(string older, string newer)
    {
        Assert.True(DebianVersion.Order.Compare(older, newer) < 0);
        Assert.True(DebianVersion.Order.Compare(newer, older) > 0);
    }

    [Fact]
    public void The_order_is_total() => Gen.Select(Version, Version, Version).Sample((a, b, c) =>
        Math.Sign(DebianVersion.Order.Compare(a, b)) == -Math.Sign(DebianVersion.Order.Compare(b, a))
        && (DebianVersion.Order.Compare(a, b) > 0 || DebianVersion.Order.Compare(b, c) > 0 || DebianVersion.Order.Compare(a, c) <= 0));

    [Fact]
    [Trait("Category", "Integration")]
    public async Task The_order_is_that_of_dpkg()
    {
        foreach ((string a, string b) in Known.SelectMany(a => Known.Select(b => (a, b))))
        {
            int order = Math.Sign(DebianVersion.Order.Compare(a, b));

            string relation = order switch { < 0 => "lt", 0 => "eq", _ => "gt" };
            Assert.Equal("", await Tool.RunAsync("dpkg", ["--compare-versions", a, relation, b], ct: TestContext.Current.CancellationToken));
        }
    }

    [Theory]
    [InlineData("2.0", ">=", "1.0", true)]
    [InlineData("1.0", ">>", "1.0", false)]
    [InlineData("1.0-1", "=", "1.0-1", true)]
    [InlineData("1.0-1", "<<", "1.0-1+b1", true)]
    [InlineData("1.0-1", "", "", true)]
    public void A_relation_holds_or_not(string version, string relation, string wanted, bool holds) =>
        Assert.Equal(holds, DebianVersion.Satisfies(version, relation, wanted));
}
