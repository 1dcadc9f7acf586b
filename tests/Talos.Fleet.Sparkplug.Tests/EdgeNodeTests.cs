using System.Text;
using CsCheck;
using Google.Protobuf;
using Talos.Fleet.Sparkplug.Wire;

namespace Talos.Fleet.Sparkplug.Tests;

public sealed class EdgeNodeTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 4, 0, 0, TimeSpan.Zero);
    private readonly EdgeNode _edge = new(new EdgeNodeId("g", "e"));
    private readonly StrictHost _host = new();

    [Fact]
    public void Whatever_happens_a_host_sees_what_is_there_and_no_message_is_against_the_rules()
    {
        Gen<SparkplugValue> value = Gen.OneOf(
            Gen.Long.Select(n => SparkplugValue.Of(n)), Gen.Double.Select(n => SparkplugValue.Of(n)), Gen.Bool.Select(b => SparkplugValue.Of(b)),
            Gen.String[0, 8].Select(t => SparkplugValue.Of(t)), Gen.Const(SparkplugValue.Of((long?)null)));
        Gen<SparkplugMetric[]> metrics = Gen.Select(Gen.Int[0, 5], value).Array[0, 4].Select(all => all.DistinctBy(m => m.Item1).Select(m => new SparkplugMetric($"m{m.Item1}", m.Item2)).ToArray());
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 3], metrics).Array[1, 120].Sample(
            steps =>
            {
                EdgeNode edge = new(new EdgeNodeId("g", "e"));
                StrictHost host = new();
                Dictionary<string, Dictionary<string, object?>> truth = new(StringComparer.Ordinal);
                byte bdSeq = 250;
                host.Take(edge.Connected(bdSeq, Now));
                foreach ((int what, int which, SparkplugMetric[] shown) in steps)
                {
                    string device = $"n-{which}";
                    switch (what)
                    {
                        case 0:
                            host.Take(edge.Births(Now));
                            break;
                        case 1:
                            host.Take([edge.Death(bdSeq, Now)]);
                            edge.Disconnected();
                            host.Take(edge.Connected(++bdSeq, Now));
                            break;
                        case 2:
                            host.Take(edge.Hide(device, Now));
                            truth.Remove(device);
                            break;
                        case 3:
                            host.Take(edge.Forget(device, Now));
                            truth.Remove(device);
                            break;
                        default:
                            host.Take(edge.Show(device, shown, Now));
                            truth[device] = shown.ToDictionary(m => m.Name, m => Plain(m.Value), StringComparer.Ordinal);
                            break;
                    }

                    Assert.Equal(bdSeq, host.BdSeq);
                    Assert.Equal(truth.Keys.Order(StringComparer.Ordinal), host.Devices.Keys.Order(StringComparer.Ordinal));
                    foreach ((string name, Dictionary<string, object?> seen) in host.Devices)
                    {
                        // A metric that was there once stays, as null.
                        Assert.All(seen, m => Assert.Equal(truth[name].GetValueOrDefault(m.Key), m.Value));
                        Assert.Empty(truth[name].Keys.Except(seen.Keys));
                    }
                }
            },
            iter: 150);
    }

    [Fact]
    public void The_sequence_goes_from_255_to_0()
    {
        _host.Take(_edge.Connected(7, Now));

        for (long i = 0; i < 600; i++)
        {
            _host.Take(_edge.Show("n-1", [new SparkplugMetric("m", SparkplugValue.Of(i))], Now));
        }

        Assert.Equal(599L, _host.Devices["n-1"]["m"]);
        Assert.Equal(1, _host.Births);
    }

    [Fact]
    public void Nothing_changed_is_nothing_sent()
    {
        _edge.Connected(0, Now);
        _edge.Show("n-1", [new SparkplugMetric("m", SparkplugValue.Of(1.5))], Now);

        Assert.Empty(_edge.Show("n-1", [new SparkplugMetric("m", SparkplugValue.Of(1.5))], Now.AddHours(1)));
    }

    [Fact]
    public void A_birth_has_names_aliases_types_and_units_and_negative_numbers_are_their_two_s_complement()
    {
        _edge.Connected(0, Now);

        SparkplugMessage birth = Assert.Single(_edge.Show("n-1", [new SparkplugMetric("a/b", SparkplugValue.Of(-2L), "B"), new SparkplugMetric("c", SparkplugValue.Of((string?)null))], Now));

        Payload payload = Payload.Parser.ParseFrom(birth.Payload);
        Assert.Equal("spBv1.0/g/DBIRTH/e/n-1", birth.Topic);
        Assert.Equal([(ulong)1, 2], payload.Metrics.Select(m => m.Alias));
        Assert.Equal(ulong.MaxValue - 1, payload.Metrics[0].LongValue);
        Assert.Equal(("engUnit", "B"), (payload.Metrics[0].Properties.Keys[0], payload.Metrics[0].Properties.Values[0].StringValue));
        Assert.True(payload.Metrics[1] is { IsNull: true, Datatype: 12, ValueCase: Metric.ValueOneofCase.None });
    }

    [Fact]
    public void With_a_primary_host_nothing_is_said_before_it_is_online_and_a_death_follows_it()
    {
        EdgeNode edge = new(new EdgeNodeId("g", "e"), "scada");

        Assert.Equal(["spBv1.0/g/NCMD/e", "spBv1.0/STATE/scada"], edge.Subscriptions);
        Assert.Empty(edge.Connected(0, Now));
        Assert.Empty(edge.Show("n-1", [new SparkplugMetric("m", SparkplugValue.Of(1L))], Now));
        Assert.Equal(HostCall.Nothing, edge.Host(State(false, 10)));
        Assert.Equal(HostCall.Birth, edge.Host(State(true, 20)));
        Assert.Equal(2, edge.Births(Now).Count);
        Assert.Equal(HostCall.Nothing, edge.Host(State(true, 20)));
        Assert.Equal(HostCall.Nothing, edge.Host(State(false, 19)));
        Assert.Equal(HostCall.Leave, edge.Host(State(false, 20)));
        edge.Disconnected();
        Assert.Empty(edge.Connected(1, Now));
        Assert.Equal(HostCall.Nothing, edge.Host(State(true, 19)));
        Assert.Equal(HostCall.Birth, edge.Host(State(true, 30)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ONLINE")]
    [InlineData("[]")]
    [InlineData("{\"online\":true}")]
    [InlineData("{\"online\":\"true\",\"timestamp\":1}")]
    [InlineData("{\"online\":true,\"timestamp\":1.5}")]
    [InlineData("{\"online\":true,\"timestamp\":99999999999999999999}")]
    [InlineData("{\"online\":{\"online\":{\"online\":{\"online\":{}}}},\"timestamp\":1}")]
    public void What_is_no_state_of_a_host_is_called_so(string text) =>
        Assert.Equal(HostCall.Bad, new EdgeNode(new EdgeNodeId("g", "e"), "h").Host(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Only_the_Boolean_true_asks_for_the_births()
    {
        static string? Problem(Metric metric) => NodeCommand.Problem(new Payload { Metrics = { metric } }.ToByteArray());

        Assert.Null(Problem(new Metric { Name = EdgeNode.Rebirth, Datatype = 11, BooleanValue = true }));
        Assert.Contains("not the Boolean true", Problem(new Metric { Name = EdgeNode.Rebirth, BooleanValue = false }), StringComparison.Ordinal);
        Assert.Contains("not the Boolean true", Problem(new Metric { Name = EdgeNode.Rebirth, LongValue = 1 }), StringComparison.Ordinal);
        Assert.Contains("only one", Problem(new Metric { Name = "Node Control/Reboot", BooleanValue = true }), StringComparison.Ordinal);
        Assert.Contains("no metric", NodeCommand.Problem([]), StringComparison.Ordinal);
        Assert.Contains("limit", NodeCommand.Problem(new byte[NodeCommand.MaxBytes + 1]), StringComparison.Ordinal);
    }

    [Fact]
    public void No_bytes_make_the_reading_of_a_command_fail() => Gen.Byte.Array[0, 200].Sample(bytes => _ = NodeCommand.Problem(bytes), iter: 20_000);

    [Theory]
    [InlineData("Werk 3 ÄÖ%", true)]
    [InlineData("n-1", true)]
    [InlineData("", false)]
    [InlineData("a/b", false)]
    [InlineData("a+", false)]
    [InlineData("#", false)]
    [InlineData("a\u0000", false)]
    public void A_name_in_a_topic_has_no_wildcard_and_no_slash(string name, bool good) => Assert.Equal(good, SparkplugName.Problem(name) is null);

    [Theory]
    [InlineData("/", "root")]
    [InlineData("/var/lib", "var-lib")]
    [InlineData("eth0", "eth0")]
    [InlineData("a\nb", "a b")]
    public void A_path_is_one_part_of_a_name(string text, string part) => Assert.Equal(part, SparkplugName.Part(text));

    [Fact]
    public void Half_of_a_surrogate_pair_is_in_no_name_and_no_value()
    {
        Assert.NotNull(SparkplugName.Problem("\ud800"));
        Assert.Null(SparkplugName.Problem("\ud83d\ude00"));
        Assert.Equal("a?b", SparkplugName.Part("a\udc00b"));
        Assert.Equal(SparkplugValue.Of("?"), SparkplugValue.Of("\ud800"));
    }

    private static byte[] State(bool online, long time) => Encoding.UTF8.GetBytes($"{{\"online\":{(online ? "true" : "false")},\"timestamp\":{time}}}");

    private static object? Plain(SparkplugValue v) => v.IsNull ? null : v.Type switch
    {
        SparkplugType.Int64 => v.Bits,
        SparkplugType.Double => BitConverter.Int64BitsToDouble(v.Bits),
        SparkplugType.Boolean => v.Bits != 0,
        _ => v.Text,
    };
}
