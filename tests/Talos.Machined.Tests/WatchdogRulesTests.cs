using System.Net.Sockets;
using Talos.Config;
using Talos.Machined.Watchdogs;

namespace Talos.Machined.Tests;

public sealed class WatchdogRulesTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromSeconds(60);

    [Fact]
    public void A_board_without_watchdog_and_a_config_without_one_arm_nothing() => Assert.Null(WatchdogRules.Wanted(null, null));

    [Fact]
    public void The_config_wins_over_the_board() => Assert.Equal(
        new WantedWatchdog("/dev/watchdog1", [TimeSpan.FromSeconds(20)]),
        WatchdogRules.Wanted(new WatchdogConfiguration("/dev/watchdog1", TimeSpan.FromSeconds(20)), "/dev/watchdog0"));

    [Theory]
    [InlineData(0, 29, null)]
    [InlineData(30, 2, "the sequencer has not answered for 30 s")]
    [InlineData(31, 400, "the API has not answered for 400 s")]
    public void A_part_silent_for_half_the_timeout_keeps_it_from_being_fed(int sequencer, int api, string? objection) => Assert.Equal(
        objection,
        WatchdogRules.Objection(
            [new("the sequencer", TimeSpan.FromSeconds(sequencer)), new("the API", TimeSpan.FromSeconds(api))], Minute));

    [Fact]
    public async Task A_socket_nobody_answers_on_is_no_sign_of_life()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("talos-pulse-");
        string path = Path.Combine(folder.FullName, "socket");
        using Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        using CancellationTokenSource limit = new(TimeSpan.FromMilliseconds(50));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ApiPulse.AskAsync(path, limit.Token));

        folder.Delete(recursive: true);
    }
}
