using System.Net;
using System.Net.Sockets;
using Talos.Time.Ntp;
using Talos.Time.Ports;
using Talos.Time.Rules;

namespace Talos.Time.Tests;

/// <summary>The client against a server of our own on the loopback.</summary>
public sealed class NtpServersTests : IDisposable
{
    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly NtpServers _client;

    public NtpServersTests()
    {
        _server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _client = new NtpServers(new NodeClock(TimeProvider.System), TimeProvider.System, ((IPEndPoint)_server.LocalEndPoint!).Port);
    }

    [Fact]
    public async Task A_server_that_is_an_hour_ahead_is_measured_so()
    {
        Task serving = ServeAsync(request => Answer(request, TimeSpan.FromHours(1)));

        NtpAnswer answer = await _client.AskAsync("127.0.0.1", TestContext.Current.CancellationToken);

        await serving;
        NtpSample sample = Assert.IsType<NtpAnswer.Measured>(answer).Sample;
        Assert.Equal(3600, sample.Offset.TotalSeconds, 2.0);
    }

    [Fact]
    public async Task An_answer_to_another_request_is_passed_over()
    {
        Task serving = ServeAsync(request => Answer(request, TimeSpan.FromHours(9)) with { Originate = 1 }, request => Answer(request, TimeSpan.Zero));

        NtpAnswer answer = await _client.AskAsync("127.0.0.1", TestContext.Current.CancellationToken);

        await serving;
        Assert.Equal(0, Assert.IsType<NtpAnswer.Measured>(answer).Sample.Offset.TotalSeconds, 2.0);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_said_to_be_so()
    {
        _server.Close();

        Assert.IsType<NtpAnswer.Failed>(await _client.AskAsync("127.0.0.1", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_server_and_a_node_that_start_together_are_in_step_at_the_second_question()
    {
        PollMachine machine = new(TimeProvider.System);
        Task serving = ServeAsync(request => Answer(request, TimeSpan.Zero) with { Leap = 3, Stratum = 0, ReferenceId = 0x494E4954 });
        PollDecision first = machine.Take([await _client.AskAsync("127.0.0.1", TestContext.Current.CancellationToken), new NtpAnswer.Failed("dead", "silent")]);
        await serving;
        Assert.Null(first.By);
        Assert.Equal(TimeSpan.FromSeconds(2), first.Next);
        Assert.Contains("127.0.0.1", machine.Usable(["127.0.0.1", "dead"]));

        serving = ServeAsync(request => Answer(request, TimeSpan.FromHours(1)));
        PollDecision second = machine.Take([await _client.AskAsync("127.0.0.1", TestContext.Current.CancellationToken), new NtpAnswer.Failed("dead", "silent")]);
        await serving;
        Assert.True(second.Step);
    }

    public void Dispose() => _server.Dispose();

    private async Task ServeAsync(params Func<NtpPacket, NtpPacket>[] answers)
    {
        byte[] buffer = new byte[128];
        SocketReceiveFromResult got = await _server.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), TestContext.Current.CancellationToken);
        NtpPacket request = NtpPacket.Read(buffer.AsSpan(0, got.ReceivedBytes))!;
        foreach (Func<NtpPacket, NtpPacket> answer in answers)
        {
            await _server.SendToAsync(answer(request).Write(), got.RemoteEndPoint, TestContext.Current.CancellationToken);
        }
    }

    private static NtpPacket Answer(NtpPacket request, TimeSpan ahead)
    {
        ulong now = NtpTime.From(TimeProvider.System.GetUtcNow() + ahead);
        return new NtpPacket
        {
            Leap = 0,
            Version = 4,
            Mode = 4,
            Stratum = 1,
            RootDelay = TimeSpan.Zero,
            RootDispersion = TimeSpan.Zero,
            ReferenceId = 0,
            Originate = request.Transmit,
            Receive = now,
            Transmit = now,
        };
    }
}
