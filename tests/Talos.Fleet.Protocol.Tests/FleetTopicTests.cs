using CsCheck;

namespace Talos.Fleet.Protocol.Tests;

public sealed class FleetTopicTests
{
    private static readonly string[] Words = ["talos", "1", "2", "node-a", "hub-a", "", "+", "#", "presence", "state", "telemetry", "events", "result", "desired", "command", "ack", "c-1", "X", "$share"];

    private static readonly Gen<string> Levels = Gen.Int[0, Words.Length - 1].Select(i => Words[i]);

    [Fact]
    public void Topics_are_read_as_they_are_written()
    {
        foreach (TopicKind kind in Enum.GetValues<TopicKind>())
        {
            FleetTopic topic = new("node-a", kind, kind is TopicKind.Command or TopicKind.Result ? "c-1" : null);

            Assert.Equal(topic, FleetTopic.Parse(topic.ToString()));
        }
    }

    [Theory]
    [InlineData("talos/2/node-a/state")]
    [InlineData("talos/1/node-a")]
    [InlineData("talos/1/node-a/state/x")]
    [InlineData("talos/1/node-a/command")]
    [InlineData("talos/1/node-a/command/")]
    [InlineData("talos/1/node-a/command/A")]
    [InlineData("talos/1/Node/state")]
    [InlineData("talos/1/hub-a/state")]
    [InlineData("talos/1/+/state")]
    [InlineData("/talos/1/node-a/state")]
    public void What_is_no_topic_of_the_protocol_is_none(string topic) => Assert.Null(FleetTopic.Parse(topic));

    [Fact]
    public void Whatever_is_asked_a_node_publishes_and_receives_only_below_its_own_name() =>
        Levels.List[0, 6].Sample(levels =>
        {
            string topic = string.Join('/', levels);
            bool own = topic.StartsWith("talos/1/node-a/", StringComparison.Ordinal);
            Assert.True(own || !AccessRule.MayPublish("node-a", topic));
            Assert.True(own || !AccessRule.MayReceive("node-a", topic));
            Assert.True(own || !AccessRule.MaySubscribe("node-a", topic));
            Assert.False(AccessRule.MayPublish("node-a", topic) && AccessRule.MayReceive("node-a", topic));
        });

    [Theory]
    [InlineData("talos/1/node-a/presence", true)]
    [InlineData("talos/1/node-a/result/c-1", true)]
    [InlineData("talos/1/node-a/desired", false)]
    [InlineData("talos/1/node-a/command/c-1", false)]
    [InlineData("talos/1/node-a/ack", false)]
    [InlineData("talos/1/node-b/presence", false)]
    public void A_node_publishes_what_goes_to_the_hub(string topic, bool allowed) => Assert.Equal(allowed, AccessRule.MayPublish("node-a", topic));

    [Theory]
    [InlineData("talos/1/node-a/desired", true)]
    [InlineData("talos/1/node-a/command/#", true)]
    [InlineData("talos/1/node-a/command/+", true)]
    [InlineData("talos/1/node-a/ack", true)]
    [InlineData("talos/1/node-a/#", false)]
    [InlineData("talos/1/+/desired", false)]
    [InlineData("#", false)]
    [InlineData("$share/g/talos/1/node-a/ack", false)]
    [InlineData("$SYS/#", false)]
    public void A_node_subscribes_to_what_comes_from_the_hub(string filter, bool allowed) => Assert.Equal(allowed, AccessRule.MaySubscribe("node-a", filter));

    [Theory]
    [InlineData("talos/1/+/events", true)]
    [InlineData("$share/hubs/talos/1/+/events", true)]
    [InlineData("$share/hubs/#", false)]
    [InlineData("#", false)]
    public void A_hub_subscribes_to_everything_of_the_protocol_also_shared(string filter, bool allowed) => Assert.Equal(allowed, AccessRule.MaySubscribe("hub-1", filter));

    [Fact]
    public void Names_of_hubs_are_no_node_ids()
    {
        Assert.False(NodeId.IsValid("hub-1"));
        Assert.True(NodeId.IsValid("hubble"));
        Assert.False(NodeId.IsValid(new string('a', 65)));
    }

    [Fact]
    public void The_acl_of_mosquitto_names_hubs_and_patterns()
    {
        string acl = AccessRule.MosquittoAcl(["hub-1"]);

        Assert.Contains("user hub-1\ntopic readwrite talos/1/#\n", acl, StringComparison.Ordinal);
        Assert.Contains("pattern write talos/1/%u/events\n", acl, StringComparison.Ordinal);
        Assert.Contains("pattern read talos/1/%u/command/#\n", acl, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => AccessRule.MosquittoAcl(["hub-1\ntopic readwrite #"]));
    }
}
