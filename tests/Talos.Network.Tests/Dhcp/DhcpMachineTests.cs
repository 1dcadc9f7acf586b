using System.Net;
using CsCheck;
using Talos.Network.Dhcp;

namespace Talos.Network.Tests.Dhcp;

public sealed class DhcpMachineTests
{
    private readonly DhcpMachine _machine;
    private uint _random = 1000;
    private TimeSpan _now;

    // 1000 modulo 2001 less 1000 is no jitter at all; transaction ids are the same number.
    public DhcpMachineTests() => _machine = new DhcpMachine(new DhcpIdentity(Wire.Mac, [1, .. Wire.Mac], "edge"), () => _random);

    [Fact]
    public void Discover_offer_request_acknowledge_probe_makes_a_lease()
    {
        Assert.Equal("Discover", Names(_machine.Start(_now)));
        Assert.Equal("Request", Names(Reply(DhcpMessageType.Offer)));
        Assert.Equal("Probe", Names(Reply(DhcpMessageType.Ack)));
        Assert.Equal("Granted", Names(_machine.OnProbed(conflict: false, _now)));

        Assert.Equal(DhcpState.Bound, _machine.State);
        Assert.Equal("10.0.0.9/24", _machine.Lease?.Address.ToString());
        Assert.Equal(TimeSpan.FromSeconds(500), _machine.Deadline);
    }

    [Fact]
    public void The_request_names_the_server_and_the_address_that_were_offered()
    {
        _machine.Start(_now);

        DhcpMessage request = ((DhcpAction.Broadcast)Reply(DhcpMessageType.Offer)[0]).Message;

        Assert.Equal([10, 0, 0, 1], request.Options[DhcpOption.ServerIdentifier]);
        Assert.Equal([10, 0, 0, 9], request.Options[DhcpOption.RequestedAddress]);
        Assert.Equal("edge"u8, request.Options[DhcpOption.Hostname]);
        Assert.Equal([1, .. Wire.Mac], request.Options[DhcpOption.ClientIdentifier]);
    }

    [Fact]
    public void Without_an_answer_it_asks_again_after_2_4_8_up_to_64_seconds_for_ever()
    {
        _machine.Start(_now);

        List<double> pauses = [];
        for (int i = 0; i < 8; i++)
        {
            TimeSpan before = _now;
            _now = _machine.Deadline;
            Assert.Equal("Discover", Names(_machine.OnTimer(_now)));
            pauses.Add((_now - before).TotalSeconds);
        }

        Assert.Equal([2, 4, 8, 16, 32, 64, 64, 64], pauses);
    }

    [Fact]
    public void At_half_the_lease_it_asks_its_server_and_at_seven_eighths_everybody()
    {
        Bind();

        Assert.Equal("500 Renewal to 10.0.0.1", Next());
        Assert.Equal("687.5 Renewal to 10.0.0.1", Next());
        Assert.Equal("781.25 Renewal to 10.0.0.1", Next());
        Assert.Equal("841.25 Renewal to 10.0.0.1", Next());
        Assert.Equal("875 Renewal to all", Next());
        Assert.Equal("937.5 Renewal to all", Next());
        Assert.Equal("997.5 Renewal to all", Next());
        Assert.Equal("1000 Lost Discover", Next());
        Assert.Null(_machine.Lease);
    }

    [Fact]
    public void A_renewed_lease_counts_from_the_request_and_is_not_probed_again()
    {
        Bind();
        _now = _machine.Deadline;
        _machine.OnTimer(_now);

        _now += TimeSpan.FromSeconds(3);
        Assert.Equal("Granted", Names(Reply(DhcpMessageType.Ack)));

        Assert.Equal(TimeSpan.FromSeconds(1000), _machine.Deadline);
    }

    [Fact]
    public void A_refusal_ends_the_lease_and_begins_anew_after_a_pause()
    {
        Bind();
        _now = _machine.Deadline;
        _machine.OnTimer(_now);

        Assert.Equal("Notice Lost", Names(Reply(DhcpMessageType.Nak)));
        Assert.Equal(DhcpState.Init, _machine.State);
        Assert.Equal("502 Discover", Next());
    }

    [Fact]
    public void Refusals_without_end_slow_it_down()
    {
        _machine.Start(_now);
        List<double> pauses = [];
        for (int i = 0; i < 7; i++)
        {
            Reply(DhcpMessageType.Offer);
            while (_machine.State is DhcpState.Selecting)
            {
                Next();
            }

            Reply(DhcpMessageType.Nak);
            pauses.Add((_machine.Deadline - _now).TotalSeconds);
            _now = _machine.Deadline;
            _machine.OnTimer(_now);
        }

        Assert.Equal([2, 4, 8, 16, 32, 64, 64], pauses);
    }

    [Fact]
    public void An_address_in_use_is_declined()
    {
        _machine.Start(_now);
        Reply(DhcpMessageType.Offer);
        Reply(DhcpMessageType.Ack);

        Assert.Equal("Decline Notice", Names(_machine.OnProbed(conflict: true, _now)));
        Assert.Null(_machine.Lease);
        Assert.Equal("10 Discover", Next());
    }

    [Fact]
    public void After_the_link_came_back_it_asks_for_the_same_address_and_keeps_it_meanwhile()
    {
        Bind();
        _now = TimeSpan.FromSeconds(100);

        Assert.Equal("Reboot", Names(_machine.Start(_now)));
        Assert.NotNull(_machine.Lease);
        Assert.Equal("102 Reboot", Next());
        Assert.Equal("106 Discover", Next());
        Assert.NotNull(_machine.Lease);
        Assert.Equal("Request", Names(Reply(DhcpMessageType.Offer)));
        Assert.Equal("Granted", Names(Reply(DhcpMessageType.Ack)));
    }

    [Fact]
    public void Another_network_refuses_the_former_address()
    {
        Bind();
        _machine.Start(_now);

        Assert.Equal("Notice", Names(Reply(DhcpMessageType.Nak)));
        Assert.Equal("1 Notice Lost", Next());
    }

    [Fact]
    public void A_lease_for_ever_has_no_deadline()
    {
        _machine.Start(_now);
        Reply(DhcpMessageType.Offer);
        _machine.OnMessage(Wire.Reply(DhcpMessageType.Ack, _random, "10.0.0.9", (DhcpOption.LeaseTime, Wire.Seconds(uint.MaxValue))), _now);
        _machine.OnProbed(conflict: false, _now);

        Assert.Equal(TimeSpan.MaxValue, _machine.Deadline);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Replies_to_others_are_passed_over(bool otherTransaction)
    {
        _machine.Start(_now);
        DhcpMessage offer = Wire.Reply(DhcpMessageType.Offer, otherTransaction ? 1u : _random, "10.0.0.9");

        Assert.Empty(_machine.OnMessage(otherTransaction ? offer : offer with { HardwareAddress = new byte[6] }, _now));
    }

    [Fact]
    public void Whatever_comes_it_always_has_something_to_do_next()
    {
        Gen.Select(Gen.Int[0, 5], Gen.Int[1, 400]).Array[1, 60].Sample(steps =>
        {
            uint seed = 1;
            DhcpMachine machine = new(new DhcpIdentity(Wire.Mac, [], ""), () => seed);
            TimeSpan now = TimeSpan.Zero;
            machine.Start(now);
            foreach ((int step, int seconds) in steps)
            {
                now += TimeSpan.FromSeconds(seconds);
                switch (step)
                {
                    case 0: machine.OnMessage(Wire.Reply(DhcpMessageType.Offer, seed, "10.0.0.9"), now); break;
                    case 1: machine.OnMessage(Wire.Reply(DhcpMessageType.Ack, seed, "10.0.0.9"), now); break;
                    case 2: machine.OnMessage(Wire.Reply(DhcpMessageType.Nak, seed, "10.0.0.9"), now); break;
                    case 3: machine.OnProbed(conflict: seconds % 2 == 0, now); break;
                    case 4: machine.Start(now); break;
                    default: machine.OnTimer(now); break;
                }

                Assert.True(machine.State is DhcpState.Probing || machine.Deadline < now + TimeSpan.FromSeconds(1001));
                Assert.True(machine.State is not (DhcpState.Bound or DhcpState.Renewing or DhcpState.Rebinding) || machine.Lease is not null);
            }
        });
    }

    private void Bind()
    {
        _machine.Start(_now);
        Reply(DhcpMessageType.Offer);
        Reply(DhcpMessageType.Ack);
        _machine.OnProbed(conflict: false, _now);
    }

    private IReadOnlyList<DhcpAction> Reply(DhcpMessageType type) => _machine.OnMessage(Wire.Reply(type, _random, "10.0.0.9"), _now);

    private string Next()
    {
        _now = _machine.Deadline;
        return FormattableString.Invariant($"{_now.TotalSeconds} {Names(_machine.OnTimer(_now))}");
    }

    private static string Names(IReadOnlyList<DhcpAction> actions) => string.Join(' ', actions.Select(a => a switch
    {
        DhcpAction.Broadcast { Message: var m } when !m.ClientAddress.Equals(IPAddress.Any) => "Renewal to all",
        DhcpAction.Broadcast { Message: { Type: DhcpMessageType.Request } m } when !m.Options.ContainsKey(DhcpOption.ServerIdentifier) => "Reboot",
        DhcpAction.Broadcast { Message: var m } => m.Type.ToString(),
        DhcpAction.Unicast u => $"Renewal to {u.To}",
        _ => a.GetType().Name,
    }));
}
