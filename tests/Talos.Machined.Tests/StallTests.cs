using Microsoft.Win32.SafeHandles;
using Talos.Linux;
using Talos.Machined.Stalls;
using Talos.Testing;

namespace Talos.Machined.Tests;

public sealed class StallTests
{
    private readonly ManualTime _time = new();

    [Theory]
    [InlineData(0, 0, true, true)]
    [InlineData(9, 29, true, true)]
    [InlineData(10, 0, true, false)]
    [InlineData(10, 0, false, false)]
    [InlineData(0, 30, true, false)]
    [InlineData(0, 30, false, true)]
    [InlineData(0, 4000, false, true)]
    public void A_boot_moves_while_its_pool_answers_and_its_early_part_makes_progress(int pulse, int progress, bool early, bool moves) =>
        Assert.Equal(moves, StallRules.Moves(new StallFacts(TimeSpan.FromSeconds(pulse), TimeSpan.FromSeconds(progress), early)));

    [Fact]
    public void An_early_boot_without_progress_says_what_came_last()
    {
        StallWatch watch = new(_time, () => throw new IOException("no process can be started"), _ => { });
        watch.Progress("service udevd is Starting");
        UntilAnswered(watch);

        for (int second = 0; second < 30; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            UntilAnswered(watch);
        }

        Assert.Equal("nothing for 30 s since service udevd is Starting, the thread pool last answered 0 s ago", watch.Objection());
        watch.Progress("service udevd is Running");
        Assert.Null(watch.Objection());
    }

    [Fact]
    public void A_first_process_that_says_nothing_is_reported_once_and_its_watcher_ends_with_it()
    {
        (SafeFileHandle read, SafeFileHandle write) = Descriptors.CreatePipe();
        List<string> reports = [];
        using (read)
        {
            StallWatcher.Listen(read, TimeSpan.FromMilliseconds(20), report =>
            {
                reports.Add(report);
                write.Dispose();
            });
        }

        Assert.Equal(["the first process has said nothing for 0 s"], reports);
    }

    [Fact]
    public void A_boot_that_is_over_is_not_watched_any_more()
    {
        (SafeFileHandle read, SafeFileHandle write) = Descriptors.CreatePipe();
        using (read)
        using (write)
        {
            Descriptors.WriteAll(write, [StallWatcher.Moves, StallWatcher.Over], "test");

            StallWatcher.Listen(read, TimeSpan.FromMinutes(1), _ => Assert.Fail("reported"));
        }
    }

    [Fact]
    public void The_report_tells_of_every_thread_and_is_bounded()
    {
        List<string> lines = [];

        StallReport.Write("nothing for 30 s", Enumerable.Range(0, 1000).Select(i => $"thread {i}"), lines.Add);

        Assert.Equal(StallReport.MaxLines + 3, lines.Count);
        Assert.StartsWith("[talos] stall: nothing for 30 s", lines[0], StringComparison.Ordinal);
        Assert.Equal("[talos] stall: end of the threads", lines[^1]);
    }

    /// <summary>The pool has answered the last question, at this moment of the clock.</summary>
    private static void UntilAnswered(StallWatch watch)
    {
        _ = watch.Objection();
        Assert.True(SpinWait.SpinUntil(() => watch.Answered, TimeSpan.FromSeconds(10)), "the pool does not answer");
    }
}
