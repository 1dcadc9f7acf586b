using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Talos.Machined.Sequences;
using Talos.Testing;

namespace Talos.Machined.Tests;

public sealed class SequencerTests
{
    private readonly Recorded _events = new();
    private readonly JumpingTimeProvider _time = new() { Restless = true };
    private readonly Sequencer _sequencer;

    public SequencerTests() => _sequencer = new Sequencer(_events, _time, NullLogger<Sequencer>.Instance);

    private static SequenceTask Done(string name) => new(name, _ => Task.CompletedTask);

    private static SequenceTask Broken(string name) => new(name, _ => throw new IOException("no such device"));

    private static SequenceTask Hanging(string name) => new(name, ct => Task.Delay(Timeout.InfiniteTimeSpan, ct));

    [Fact]
    public async Task Phases_run_in_order_and_all_of_it_is_told()
    {
        await _sequencer.RunAsync(Up(new Phase("one", Done("a")), new Phase("two", Done("b"))), Ct);

        Assert.Equal(
            ["+boot", "+one", "+a", "-a", "-one", "+two", "+b", "-b", "-two", "-boot"],
            _events.All);
        Assert.Null(_sequencer.Current);
    }

    [Fact]
    public async Task A_failed_task_ends_the_sequence_with_its_reason()
    {
        SequenceFailedException e = await Assert.ThrowsAsync<SequenceFailedException>(
            () => _sequencer.RunAsync(Up(new Phase("one", Broken("a")), new Phase("two", Done("b"))), Ct));

        Assert.Equal("boot: phase one: task a: no such device", e.Message);
        Assert.Equal("-boot: boot: phase one: task a: no such device", _events.All[^1]);
        Assert.DoesNotContain("+b", _events.All);
    }

    [Fact]
    public async Task A_phase_of_the_way_down_goes_on_after_a_failure()
    {
        await _sequencer.RunAsync(Down(SequenceRank.Down, new Phase("one", Broken("a")) { GoesOnAfterFailure = true }, new Phase("two", Done("b"))), Ct);

        Assert.Contains("-b", _events.All);
    }

    [Fact]
    public async Task A_task_that_takes_too_long_is_left_behind()
    {
        Task run = _sequencer.RunAsync(
            Down(
                SequenceRank.Down,
                new Phase("one", new SequenceTask("deaf", _ => Task.Delay(Timeout.InfiniteTimeSpan, CancellationToken.None)))
                {
                    GoesOnAfterFailure = true,
                    Timeout = TimeSpan.FromSeconds(30),
                },
                new Phase("two", Done("b"))),
            Ct);

        await WaitAsync(() => _events.All.Contains("+deaf"));
        _time.Advance(TimeSpan.FromSeconds(31));
        await run;

        Assert.Contains("-b", _events.All);
    }

    [Fact]
    public async Task A_way_down_takes_over_from_the_way_up()
    {
        Task up = _sequencer.RunAsync(Up(new Phase("config", Hanging("loadConfig")) { Timeout = Timeout.InfiniteTimeSpan }), Ct);
        await WaitAsync(() => _events.All.Contains("+loadConfig"));

        await _sequencer.RunAsync(Down(SequenceRank.Down, new Phase("two", Done("b"))), Ct);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => up);
        Assert.Contains("-boot: another sequence took over", _events.All);
    }

    [Fact]
    public async Task A_second_way_down_is_refused_unless_it_is_forced()
    {
        Sequence hanging = Down(SequenceRank.Down, new Phase("one", Hanging("a")) { Timeout = Timeout.InfiniteTimeSpan });
        _sequencer.Start(hanging);
        Assert.Equal("reboot", _sequencer.Current);
        await WaitAsync(() => _events.All.Contains("+a"));

        SequenceBusyException e = Assert.Throws<SequenceBusyException>(() => _sequencer.Start(hanging));
        Assert.Equal("reboot cannot start: reboot is running", e.Message);

        await _sequencer.RunAsync(Down(SequenceRank.ForcedDown, new Phase("two", Done("b"))), Ct);
        Assert.Contains("-b", _events.All);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Sequence Up(params Phase[] phases) => new("boot", SequenceRank.Up, phases);

    private static Sequence Down(SequenceRank rank, params Phase[] phases) => new("reboot", rank, phases);

    private static async Task WaitAsync(Func<bool> condition)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            await Task.Delay(1, limit.Token);
        }
    }

    private sealed class Recorded : ISequenceEvents
    {
        private readonly ConcurrentQueue<string> _all = [];

        public IReadOnlyList<string> All => [.. _all];

        public void Sequence(string actorId, string sequence, bool started, string? error) =>
            Add(started, error is null ? sequence : $"{sequence}: {error}");

        public void Phase(string actorId, string phase, bool started) => Add(started, phase);

        public void Task(string actorId, string task, bool started) => Add(started, task);

        private void Add(bool started, string what) => _all.Enqueue((started ? "+" : "-") + what);
    }
}
