using System.Text;
using System.Text.Json.Nodes;
using CsCheck;

namespace Talos.Fleet.Protocol.Tests;

public sealed class SchemaTests
{
    private static readonly Dictionary<string, Func<byte[], object?>> Readers = new()
    {
        ["presence"] = b => FleetMessages.ReadPresence(b).Problem,
        ["state"] = b => FleetMessages.ReadState(b).Problem,
        ["telemetry"] = b => FleetMessages.ReadTelemetry(b).Problem,
        ["events"] = b => FleetMessages.ReadEvents(b).Problem,
        ["result"] = b => FleetMessages.ReadResult(b).Problem,
        ["ack"] = b => FleetMessages.ReadAck(b).Problem,
        ["desired"] = b => FleetMessages.ReadDesired(b).Problem,
        ["command"] = b => FleetMessages.ReadCommand(b).Problem,
        ["envelope"] = b => FleetMessages.Read(b, 8192, FleetJson.Default.SignedEnvelope, OrderRules.Check).Problem,
        ["enroll-request"] = b => FleetMessages.ReadEnrollRequest(b).Problem,
        ["renew-request"] = b => FleetMessages.ReadRenewRequest(b).Problem,
        ["enroll-response"] = b => FleetMessages.ReadEnrollResponse(b).Problem,
    };

    /// <summary>Values put in place of others; none that only a rule outside of the schema refuses.</summary>
    private static readonly string[] Values =
    [
        "\"\"", "\"a\"", "\"node-a\"", "\"A\"", "\"Online\"", "\"online\"", "\"hub-a\"", "\"a\\u0001b\"", "\"2026-11-22T23:31:00Z\"", "\"2027-12-31T23:59:59.999Z\"", "true", "0", "-1", "1", "1.5", "300",
        "1000000000000", "9223372036854775807", "9223372036854775808", "\"1\"", "[]", "{}", "[null]", "[1]", "[\"x\"]", "[{}]", "{\"k\":1}", "{\"k\":\"v\"}", "\"" + new string('x', 300) + "\"", "\"" + new string('x', 5000) + "\"",
        "[" + string.Join(',', Enumerable.Repeat("\"x\"", 33)) + "]",
    ];

    public static TheoryData<string> Examples => [.. Directory.GetFiles(Path.Combine(Folder, "examples"), "*.json").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];

    private static string Folder { get; } = Find();

    [Fact]
    public void Every_schema_has_an_example_and_a_reader()
    {
        HashSet<string> schemas = [.. Directory.GetFiles(Folder, "*.schema.json").Select(f => Path.GetFileName(f).Replace(".schema.json", "", StringComparison.Ordinal))];

        Assert.Equal(schemas.Order(StringComparer.Ordinal), Readers.Keys.Order(StringComparer.Ordinal));
        Assert.All(schemas, s => Assert.Contains(Directory.GetFiles(Path.Combine(Folder, "examples")), f => Kind(Path.GetFileNameWithoutExtension(f)) == s));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_is_taken_by_schema_and_reader(string example)
    {
        JsonNode value = JsonNode.Parse(Text(example))!;

        Assert.True(MiniSchema.IsValid(Schema(example), value));
        Assert.Null(Readers[Kind(example)](Encoding.UTF8.GetBytes(Text(example))));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void Schema_and_reader_agree_on_every_change_of_an_example(string example)
    {
        JsonNode schema = Schema(example);
        JsonNode original = JsonNode.Parse(Text(example))!;
        int places = Places(original).Count;

        Gen.Select(Gen.Int[0, places - 1], Gen.Int[-1, Values.Length - 1], Gen.Bool).Sample(
            (place, change, add) =>
            {
                JsonNode value = original.DeepClone();
                (JsonNode parent, object at) = Places(value)[place];
                Change(parent, at, change < 0 ? null : Values[change], add);
                object? problem = Readers[Kind(example)](Encoding.UTF8.GetBytes(value.ToJsonString()));
                bool valid = MiniSchema.IsValid(schema, value);
                if (valid != (problem is null) && !(valid && IsRuleOutsideTheSchema(problem)))
                {
                    Assert.Fail($"{value.ToJsonString()}: the schema says {valid}, the reader says {problem ?? "good"}");
                }
            },
            iter: 3000);
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void No_bytes_make_a_reader_throw(string example)
    {
        byte[] original = Encoding.UTF8.GetBytes(Text(example));

        Gen.Select(Gen.Int[0, original.Length - 1], Gen.Byte, Gen.Int[0, original.Length - 1], Gen.Byte, Gen.Int[0, 40]).Sample(
            (a, x, b, y, cut) =>
            {
                byte[] bytes = [.. original];
                bytes[a] = x;
                bytes[b] = y;
                _ = Readers[Kind(example)](cut == 0 ? bytes[..b] : bytes);
            },
            iter: 3000);
        Gen.Byte.Array[0, 200].Sample(bytes => Assert.NotNull(Readers[Kind(example)](bytes)), iter: 1000);
    }

    [Fact]
    public void Repeated_members_deep_nesting_and_long_messages_are_refused()
    {
        Assert.Equal(ProblemKind.Malformed, FleetMessages.ReadAck("""{"stream":"a","seq":1,"seq":2}"""u8).Problem?.Kind);
        Assert.Equal(ProblemKind.Malformed, FleetMessages.ReadAck(Encoding.UTF8.GetBytes(new string('[', 900))).Problem?.Kind);
        Assert.Equal(ProblemKind.Oversized, FleetMessages.ReadAck(new byte[1025]).Problem?.Kind);
        Assert.Equal(ProblemKind.Malformed, FleetMessages.ReadAck("null"u8).Problem?.Kind);
        Assert.Equal(ProblemKind.Malformed, FleetMessages.ReadAck("""{"stream":"\ud800","seq":1}"""u8).Problem?.Kind);
        Assert.Equal(ProblemKind.Malformed, FleetMessages.ReadAck([.. "{\"stream\":\""u8, 0xff, .. "\",\"seq\":1}"u8]).Problem?.Kind);
    }

    [Theory]
    [InlineData("""{"stream":"a","oldest":5,"events":[{"seq":4,"time":"2026-11-22T23:31:00.000Z","bootId":"b","kind":"k","message":""}]}""")]
    [InlineData("""{"stream":"a","oldest":1,"events":[{"seq":4,"time":"2026-11-22T23:31:00.000Z","bootId":"b","kind":"k","message":""},{"seq":4,"time":"2026-11-22T23:31:00.000Z","bootId":"b","kind":"k","message":""}]}""")]
    public void Events_out_of_order_are_refused(string batch) =>
        Assert.Equal(ProblemKind.OutOfRange, FleetMessages.ReadEvents(Encoding.UTF8.GetBytes(batch)).Problem?.Kind);

    [Fact]
    public void A_message_from_the_future_is_refused_unless_its_sender_has_no_clock()
    {
        DateTimeOffset now = Fleet.Now;

        Assert.Null(FleetMessages.CheckTime(now.AddMinutes(9), unsynced: false, now));
        Assert.Equal(ProblemKind.Future, FleetMessages.CheckTime(now.AddMinutes(11), unsynced: false, now)?.Kind);
        Assert.Null(FleetMessages.CheckTime(now.AddYears(11), unsynced: true, now));
    }

    [Fact]
    public void A_message_is_written_as_short_as_it_can_be()
    {
        Presence presence = new() { Status = PresenceStatus.Online, BootId = "b", Time = Fleet.Now };

        Assert.Equal("""{"status":"online","bootId":"b","time":"2026-11-22T23:00:00.000Z"}""", Encoding.UTF8.GetString(FleetMessages.Write(presence)));
        Assert.Equal(presence, FleetMessages.ReadPresence(FleetMessages.Write(presence)).Value);
    }

    private static bool IsRuleOutsideTheSchema(object? problem) =>
        problem is ProtocolProblem p
        && (p.Kind is ProblemKind.Oversized || p.Text.Contains("does not rise", StringComparison.Ordinal) || p.Text.Contains("is not after", StringComparison.Ordinal));

    private static void Change(JsonNode parent, object at, string? value, bool add)
    {
        JsonNode? node = value is null ? null : JsonNode.Parse(value);
        if (parent is JsonArray array)
        {
            if (node is null)
            {
                array.RemoveAt((int)at);
            }
            else
            {
                array[(int)at] = node;
            }
        }
        else if (node is null)
        {
            parent.AsObject().Remove((string)at);
        }
        else
        {
            parent[add ? "unknown" : (string)at] = node;
        }
    }

    private static List<(JsonNode Parent, object At)> Places(JsonNode node)
    {
        List<(JsonNode, object)> places = [];
        IEnumerable<(object At, JsonNode? Child)> children = node switch
        {
            JsonObject o => o.Select(m => ((object)m.Key, m.Value)),
            JsonArray a => a.Select((c, i) => ((object)i, c)),
            _ => [],
        };
        foreach ((object at, JsonNode? child) in children)
        {
            places.Add((node, at));
            places.AddRange(Places(child!));
        }

        return places;
    }

    private static JsonNode Schema(string example) => JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, Kind(example) + ".schema.json")))!;

    private static string Text(string example) => File.ReadAllText(Path.Combine(Folder, "examples", example + ".json"));

    private static string Kind(string example) => Readers.Keys.Where(k => example == k || example.StartsWith(k + "-", StringComparison.Ordinal)).MaxBy(k => k.Length) ?? example;

    private static string Find()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Talos.sln")))
        {
            at = at.Parent;
        }

        return Path.Combine(at!.FullName, "fleet-agent", "schema");
    }
}
