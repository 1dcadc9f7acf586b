using System.Buffers;
using System.Text;
using CsCheck;
using Talos.Fleet.Hub.Store;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Hub.Tests;

/// <summary>Whatever comes is stored or ignored with a counter; the hub goes on.</summary>
public sealed class BadInputTests
{
    private static readonly string[] Kinds = ["presence", "state", "telemetry", "events", "result/c1", "desired", "ack", "command/x", "", "presence/x", "state\0"];

    [Fact]
    public async Task Random_and_mutated_messages_are_counted_and_never_stop_it()
    {
        using TestHub hub = new();
        await hub.AddNodesAsync("n-1");
        await hub.Ingest.StartAsync(TestHub.Token);
        byte[][] good =
        [
            FleetMessages.Write((ReportedState)hub.State("n-1").Message), FleetMessages.Write((EventBatch)hub.Events("n-1", "s", 1, 1, 2, 3).Message),
            FleetMessages.Write(new Presence { Status = PresenceStatus.Online, BootId = "b", Time = hub.Time.Now }),
            FleetMessages.Write(new Telemetry { Time = hub.Time.Now }), FleetMessages.Write(new CommandResult { Id = "c1", State = CommandState.Failed, Time = hub.Time.Now }),
        ];
        Gen<byte[]> mutated = Gen.Select(Gen.Int[0, good.Length - 1], Gen.Int[0, 2000], Gen.Byte, Gen.Int[0, 3]).Select((which, at, value, how) => Mutate(good[which], at, value, how));
        int sent = 0;

        await Gen.Select(Gen.Int[0, Kinds.Length - 1], Gen.OneOf(mutated, Gen.Byte.Array[0, 300])).SampleAsync(async (kind, bytes) =>
        {
            Interlocked.Increment(ref sent);
            await await hub.Ingest.SubmitAsync($"talos/1/n-1/{Kinds[kind]}", new ReadOnlySequence<byte>(bytes), TestHub.Token);
        }, iter: 3000, threads: 1);

        Assert.True(sent >= 3000);
        Assert.InRange(hub.Metrics.RefusedTotal, 1500, sent);
        await await hub.Ingest.SubmitAsync("talos/1/n-1/events", new ReadOnlySequence<byte>(FleetMessages.Write((EventBatch)hub.Events("n-1", "last", 1, 1).Message)), TestHub.Token);
        Assert.Contains(await hub.Store.ReadAsync(s => NodeStore.Events(s, "n-1", 0, 1000), TestHub.Token), e => e.Stream == "last");
        await hub.Ingest.StopAsync(TestHub.Token);
    }

    [Theory]
    [InlineData("state", "Oversized")]
    [InlineData("telemetry", "Malformed")]
    [InlineData("presence", "Future")]
    [InlineData("events", "OutOfRange")]
    [InlineData("result/c9", "Unasked")]
    public async Task Each_kind_of_bad_message_has_its_counter(string topic, string problem)
    {
        using TestHub hub = new();
        await hub.AddNodesAsync("n-1");
        await hub.Ingest.StartAsync(TestHub.Token);
        byte[] payload = problem switch
        {
            "Oversized" => new byte[65 << 10],
            "Malformed" => "{\"time\":17}"u8.ToArray(),
            "Future" => FleetMessages.Write(new Presence { Status = PresenceStatus.Online, BootId = "b", Time = hub.Time.Now.AddHours(1) }),
            "OutOfRange" => FleetMessages.Write((EventBatch)hub.Events("n-1", "s", 5, 3).Message),
            _ => FleetMessages.Write(new CommandResult { Id = "c9", State = CommandState.Failed, Time = hub.Time.Now }),
        };

        await await hub.Ingest.SubmitAsync($"talos/1/n-1/{topic}", new ReadOnlySequence<byte>(payload), TestHub.Token);
        await hub.Ingest.StopAsync(TestHub.Token);

        Assert.Contains($"problem=\"{char.ToLowerInvariant(problem[0])}{problem[1..]}\"}} 1", hub.Metrics.Text([]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_from_the_future_is_kept_but_its_time_is_not_trusted()
    {
        using TestHub hub = new();
        await hub.AddNodesAsync("n-1");
        NodeMessage message = hub.Events("n-1", "s", 1, 1);
        hub.Time.Now -= TimeSpan.FromDays(1);

        await hub.TakeAsync(message);

        Assert.True((await hub.Store.ReadAsync(s => NodeStore.Events(s, "n-1", 0, 10), TestHub.Token))[0].Event.Unsynced);
    }

    private static byte[] Mutate(byte[] good, int at, byte value, int how)
    {
        int index = at % good.Length;
        return how switch
        {
            0 => [.. good[..index], value, .. good[(index + 1)..]],
            1 => good[..index],
            2 => [.. good[..index], .. good[index..], value],
            _ => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(good).Replace(":1", $":{(sbyte)value}9999999999", StringComparison.Ordinal)),
        };
    }
}
