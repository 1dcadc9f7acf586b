using Talos.Api.Machine;
using Talos.Machined.Events;
using Talos.Rpc.Errors;
using Talos.Testing;

namespace Talos.Machined.Tests.Events;

public class EventLogTests
{
    private readonly ManualTime _time = new();
    private readonly EventLog _log;

    public EventLogTests() => _log = new EventLog(_time);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void Ids_have_twenty_characters_and_sort_by_time()
    {
        XidSource ids = new(_time);
        string first = ids.Next();
        _time.Advance(TimeSpan.FromSeconds(1));
        string second = ids.Next();

        Assert.Equal(20, first.Length);
        Assert.True(string.CompareOrdinal(first, second) < 0);
        Assert.Equal("9m4e2mr0ui3e8a215n4g", XidSource.Encode([0x4d, 0x88, 0xe1, 0x5b, 0x60, 0xf4, 0x86, 0xe4, 0x28, 0x41, 0x2d, 0xc9]));
    }

    [Theory]
    [InlineData(-1, "1 2 3 4")]
    [InlineData(2, "3 4")]
    [InlineData(9, "1 2 3 4")]
    [InlineData(0, "")]
    public async Task The_past_is_told_by_number(int count, string expected)
    {
        Publish("1", "2", "3", "4");

        Assert.Equal(expected, await PastAsync(new EventTail(count, "", TimeSpan.Zero, "")));
    }

    [Fact]
    public async Task The_past_is_told_after_an_id_by_age_and_by_actor()
    {
        Publish("1");
        _time.Advance(TimeSpan.FromSeconds(60));
        Publish("2", "3");
        string id = (await FirstAsync(new EventTail(-1, "", TimeSpan.Zero, ""), 2))[1].Id;
        _log.Publish("TaskEvent", new TaskEvent { Task = "4" }, "actor");

        Assert.Equal("3 4", await PastAsync(new EventTail(0, id, TimeSpan.Zero, "")));
        Assert.Equal("2 3 4", await PastAsync(new EventTail(0, "", TimeSpan.FromSeconds(30), "")));
        Assert.Equal("4", await PastAsync(new EventTail(-1, "", TimeSpan.Zero, "actor")));
    }

    [Fact]
    public async Task New_events_follow_the_past_without_a_gap()
    {
        Publish("1");
        await using IAsyncEnumerator<NodeEvent> events = _log.ReadAsync(new EventTail(-1, "", TimeSpan.Zero, ""), Ct).GetAsyncEnumerator(Ct);
        Assert.True(await events.MoveNextAsync());

        Publish("2");

        Assert.True(await events.MoveNextAsync());
        Assert.Equal("2", Task(events.Current));
        Assert.Equal("talos/runtime/machine.TaskEvent", events.Current.TypeUrl);
    }

    [Fact]
    public async Task A_reader_that_does_not_read_loses_its_stream()
    {
        await using IAsyncEnumerator<NodeEvent> events = _log.ReadAsync(new EventTail(0, "", TimeSpan.Zero, ""), Ct).GetAsyncEnumerator(Ct);
        ValueTask<bool> first = events.MoveNextAsync();
        Publish([.. Enumerable.Range(0, 1100).Select(i => $"{i}")]);

        await Assert.ThrowsAsync<FollowerTooSlowException>(async () =>
        {
            bool more = await first;
            while (more)
            {
                more = await events.MoveNextAsync();
            }
        });
    }

    private static string Task(NodeEvent happened) => TaskEvent.Parser.ParseFrom(happened.Payload).Task;

    private void Publish(params IEnumerable<string> tasks)
    {
        foreach (string task in tasks)
        {
            _log.Publish("TaskEvent", new TaskEvent { Task = task });
        }
    }

    // A last event marks the end of the past.
    private async Task<string> PastAsync(EventTail tail)
    {
        List<string> tasks = [];
        await using IAsyncEnumerator<NodeEvent> events = _log.ReadAsync(tail, Ct).GetAsyncEnumerator(Ct);
        ValueTask<bool> step = events.MoveNextAsync();
        _log.Publish("TaskEvent", new TaskEvent { Task = "end" }, tail.ActorId);
        while (await step && Task(events.Current) != "end")
        {
            tasks.Add(Task(events.Current));
            step = events.MoveNextAsync();
        }

        return string.Join(' ', tasks.Where(t => t != "end"));
    }

    private async Task<List<NodeEvent>> FirstAsync(EventTail tail, int count)
    {
        List<NodeEvent> events = [];
        await foreach (NodeEvent happened in _log.ReadAsync(tail, Ct))
        {
            events.Add(happened);
            if (events.Count == count)
            {
                break;
            }
        }

        return events;
    }
}
