namespace Talos.Linux.Tests;

public sealed class ThreadStatesTests
{
    [Fact]
    public void A_thread_is_told_of_with_all_the_kernel_says()
    {
        string line = ThreadStates.Line(
            1, 12, ".NET TP Worker\n", "12 (.NET ) S (r) R 1 1 0", "futex_wait_queue", "98 0x7f 0x80 0xffffe0 0x4010\n",
            "[<0>] futex_wait_queue+0x60/0x90\n[<0>] do_futex+0x10c/0x1a0\n");

        Assert.Equal(
            "process 1 thread 12 .NET TP Worker: R, waits in futex_wait_queue, system call 98 0x7f 0x80 0xffffe0 0x4010, "
                + "stack futex_wait_queue+0x60/0x90 < do_futex+0x10c/0x1a0",
            line);
    }

    [Fact]
    public void A_thread_that_ended_meanwhile_is_told_of_as_gone() =>
        Assert.Equal("process 1 thread 12 : gone", ThreadStates.Line(1, 12, "", "", "", "", ""));

    [Fact]
    public void A_running_thread_waits_in_nothing() =>
        Assert.Equal("process 7 thread 7 init: R, system call running", ThreadStates.Line(7, 7, "init", "7 (init) R 0", "0", "running\n", ""));

    [Fact]
    public void The_threads_of_this_process_are_found_by_their_names()
    {
        using ManualResetEvent end = new(false);
        Thread thread = new(() => end.WaitOne()) { Name = "sought" };
        thread.Start();

        Assert.True(SpinWait.SpinUntil(
            () => ThreadStates.Of(Environment.ProcessId).Any(l => l.Contains("sought", StringComparison.Ordinal)), TimeSpan.FromSeconds(10)));
        end.Set();
        thread.Join();
    }
}
