using Microsoft.Win32.SafeHandles;

namespace Talos.Linux.Tests;

public sealed class ProcessTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("exit 0", 0, Signal.None)]
    [InlineData("exit 7", 7, Signal.None)]
    [InlineData("exit 255", 255, Signal.None)]
    [InlineData("kill -TERM $$", 0, Signal.SIGTERM)]
    [InlineData("kill -PIPE $$", 0, Signal.SIGPIPE)]
    public async Task The_exit_status_of_a_child_is_its_exit_code_or_signal(string script, int code, Signal signal)
    {
        ExitStatus status = await Shell(script).Exit.WaitAsync(Token);

        Assert.Equal(new ExitStatus(code, signal), status);
    }

    [Fact]
    public async Task No_exit_status_is_lost_when_many_children_end_at_once()
    {
        ChildProcess[] children = [.. Enumerable.Range(0, 60).Select(i => Shell($"exit {i}"))];

        ExitStatus[] ends = await Task.WhenAll(children.Select(c => c.Exit)).WaitAsync(Token);

        Assert.Equal(Enumerable.Range(0, 60), ends.Select(e => e.Code));
    }

    [Fact]
    public async Task A_child_has_only_the_environment_directory_and_streams_it_was_given()
    {
        (SafeFileHandle read, SafeFileHandle write) = Descriptors.CreatePipe();
        ChildProcess child;
        using (write)
        {
            child = TestReaper.Instance.Spawn(new ChildOptions
            {
                Path = "/bin/sh",
                Arguments = ["-c", "/usr/bin/env; pwd; readlink /proc/self/fd/0; /bin/ls /proc/self/fd | /usr/bin/tr '\\n' ' '; echo; exec grep -E 'Sig(Ign|Blk)' /proc/self/status"],
                Environment = new Dictionary<string, string> { ["COLOR"] = "red" },
                WorkingDirectory = "/usr/bin",
                StandardOutput = write,
            });
        }

        using FileStream output = new(read, FileAccess.Read, 1);
        string text = await new StreamReader(output).ReadToEndAsync(Token);
        await child.Exit.WaitAsync(Token);

        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("COLOR=red", lines);
        Assert.DoesNotContain(lines, l => l.StartsWith("PATH=", StringComparison.Ordinal));
        Assert.Contains("/usr/bin", lines);
        Assert.Contains("/dev/null", lines);
        Assert.Contains("0 1 2 3 ", lines); // 3 is the folder that ls itself reads.
        Assert.Equal(0UL, SignalsOf(lines, "SigIgn"));
        Assert.Equal(0UL, SignalsOf(lines, "SigBlk"));
    }

    [Fact]
    public void A_missing_executable_is_an_error_that_names_it()
    {
        LinuxException error = Assert.Throws<LinuxException>(() => TestReaper.Instance.Spawn(new ChildOptions { Path = "/no/such/file" }));

        Assert.Equal("posix_spawn /no/such/file: No such file or directory (ENOENT)", error.Message);
    }

    [Fact]
    public async Task Failing_starts_do_not_disturb_the_reaper()
    {
        for (int i = 0; i < 100; i++)
        {
            Assert.Throws<LinuxException>(() => TestReaper.Instance.Spawn(new ChildOptions { Path = "/no/such/file" }));
        }

        Assert.Equal(5, (await Shell("exit 5").Exit.WaitAsync(Token)).Code);
    }

    [Fact]
    public async Task A_signal_to_the_group_ends_the_grandchildren_too()
    {
        ChildProcess child = Shell("sleep 1000 & sleep 1000 & wait");

        Assert.True(child.SendToGroup(Signal.SIGKILL));
        ExitStatus status = await child.Exit.WaitAsync(Token);

        Assert.Equal(Signal.SIGKILL, status.Signal);
        Assert.False(child.Send(Signal.SIGKILL));
    }

    [Fact]
    public async Task An_orphan_is_reaped_and_reported()
    {
        await Shell("(exit 93) & exit 0").Exit.WaitAsync(Token);
        await Shell("(sleep 0.1; exit 94) & exit 0").Exit.WaitAsync(Token);

        while (!TestReaper.Orphans.Any(o => o.Status.Code == 94))
        {
            await Task.Delay(5, Token);
        }
    }

    [Fact]
    public async Task A_command_gives_its_output_and_error_and_is_cut_at_64_KiB()
    {
        CommandResult small = await Command.RunAsync(TestReaper.Instance, "/bin/sh", ["-c", "echo out; echo err >&2; exit 3"], Token);
        CommandResult large = await Command.RunAsync(TestReaper.Instance, "/bin/sh", ["-c", "head -c 200000 /dev/zero"], Token);

        Assert.Equal(("out\nerr\n", 3), (small.Output, small.Status.Code));
        Assert.Equal((64 * 1024, true), (large.Output.Length, large.Status.IsSuccess));
    }

    [Fact]
    public async Task Cancelling_a_command_kills_it()
    {
        using CancellationTokenSource cancel = new();
        Task<CommandResult> run = Command.RunAsync(TestReaper.Instance, "/bin/sh", ["-c", "sleep 1000"], cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public void Opening_a_process_that_does_not_exist_names_the_call_the_pid_and_the_error()
    {
        LinuxException error = Assert.Throws<LinuxException>(() => PidFd.Open(4_194_304));

        Assert.Equal(Errno.ESRCH, error.Error);
        Assert.Equal("pidfd_open pid 4194304: No such process (ESRCH)", error.Message);
    }

    [Fact]
    public async Task A_process_reference_signals_until_the_process_is_gone()
    {
        ChildProcess child = Shell("sleep 1000");
        using PidFd reference = PidFd.Open(child.Id);

        Assert.True(reference.Send(Signal.SIGKILL));
        await child.Exit.WaitAsync(Token);

        Assert.False(reference.Send(Signal.SIGKILL));
    }

    /// <summary>Without 32 and 33: the C library keeps them for its threads.</summary>
    private static ulong SignalsOf(string[] status, string key) =>
        Convert.ToUInt64(status.Single(l => l.StartsWith(key, StringComparison.Ordinal))[8..], 16) & 0x7FFF_FFFF;

    private static ChildProcess Shell(string script) => TestReaper.Instance.Spawn(new ChildOptions
    {
        Path = "/bin/sh",
        Arguments = ["-c", script],
        Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" },
    });
}
