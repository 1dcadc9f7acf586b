using Talos.Apid.Routing;

namespace Talos.Apid.Tests.Routing;

public class DirectorTests
{
    private const string Version = "/machine.MachineService/Version";
    private const string StateList = "/cosi.resource.State/List";

    private static readonly LocalNames Local = new(["edge-01", "10.0.0.5", "fd00::5"]);

    [Theory]
    [InlineData("Forwarding", "", "", false, "local")]
    [InlineData("Forwarding", "10.0.0.6", "", false, "one 10.0.0.6")]
    [InlineData("Forwarding", "10.0.0.5", "", false, "local")]
    [InlineData("Forwarding", "EDGE-01", "", false, "local")]
    [InlineData("Forwarding", "fd00:0:0::5", "", false, "local")]
    [InlineData("Forwarding", "10.0.0.6,10.0.0.7", "", false, "refused InvalidArgument")]
    [InlineData("Forwarding", "10.0.0.6/../x", "", false, "refused InvalidArgument")]
    [InlineData("Forwarding", "", "10.0.0.6,10.0.0.5", false, "many 10.0.0.6 10.0.0.5")]
    [InlineData("Forwarding", "", "10.0.0.5", false, "many 10.0.0.5")]
    [InlineData("Forwarding", "", "10.0.0.6,10.0.0.6,10.0.0.7,10.0.0.6", false, "many 10.0.0.6 10.0.0.7")]
    [InlineData("Forwarding", "", "10.0.0.5,EDGE-01,fd00:0::5,localhost,127.0.0.1", false, "many 10.0.0.5")]
    [InlineData("Forwarding", "", "Edge-02,edge-02.,EDGE-02", false, "many Edge-02")]
    [InlineData("Forwarding", "10.0.0.6", "10.0.0.6", true, "local")]
    [InlineData("LocalOnly", "", "", false, "local")]
    [InlineData("LocalOnly", "10.0.0.5", "", false, "local")]
    [InlineData("LocalOnly", "", "10.0.0.5", false, "local")]
    [InlineData("LocalOnly", "10.0.0.6", "", false, "refused PermissionDenied")]
    [InlineData("LocalOnly", "", "10.0.0.5,10.0.0.6", false, "refused PermissionDenied")]
    [InlineData("LocalOnly", "10.0.0.6", "", true, "local")]
    [InlineData("Off", "10.0.0.6", "10.0.0.7", false, "local")]
    public void A_call_goes_where_its_metadata_and_the_nodes_ability_say(
        string ability, string node, string nodes, bool proxied, string expected) =>
        Assert.Equal(expected, Words(Director.Direct(Version, List(node), List(nodes), proxied, Enum.Parse<RoutingAbility>(ability), Local)));

    [Fact]
    public void Services_whose_answers_cannot_be_joined_are_refused_for_several_nodes() =>
        Assert.Equal("refused InvalidArgument", Words(Director.Direct(StateList, [], ["10.0.0.6"], false, RoutingAbility.Forwarding, Local)));

    [Fact]
    [Trait("Category", "Security")]
    public void A_call_goes_to_64_nodes_and_not_to_one_more()
    {
        string[] nodes = [.. Enumerable.Range(1, 65).Select(i => $"10.0.1.{i}")];

        Assert.Equal(64, Assert.IsType<Route.Many>(Director.Direct(Version, [], nodes[..64], false, RoutingAbility.Forwarding, Local)).Targets.Count);
        Route.Refused refused = Assert.IsType<Route.Refused>(Director.Direct(Version, [], nodes, false, RoutingAbility.Forwarding, Local));
        Assert.Equal("65 nodes in one call, the limit is 64; send several calls", refused.Reason);
    }

    [Fact]
    [Trait("Category", "Security")]
    public void A_node_that_is_named_2700_times_is_asked_once() =>
        Assert.Single(Assert.IsType<Route.Many>(
            Director.Direct(Version, [], [.. Enumerable.Repeat("127.0.0.1", 2700)], false, RoutingAbility.Forwarding, Local)).Targets);

    [Fact]
    public void Services_whose_answers_cannot_be_joined_go_to_one_node() =>
        Assert.Equal("one 10.0.0.6", Words(Director.Direct(StateList, ["10.0.0.6"], [], false, RoutingAbility.Forwarding, Local)));

    private static string[] List(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries);

    private static string Words(Route route) => route switch
    {
        Route.One one => $"one {one.Target}",
        Route.Many many => $"many {string.Join(' ', many.Targets)}",
        Route.Refused refused => $"refused {refused.Code}",
        _ => "local",
    };
}
