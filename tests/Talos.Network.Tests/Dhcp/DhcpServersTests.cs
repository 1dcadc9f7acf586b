using System.Net;
using CsCheck;
using Talos.Network.Dhcp;

namespace Talos.Network.Tests.Dhcp;

/// <summary>Several servers on one wire, honest and other.</summary>
public sealed class DhcpServersTests
{
    private static readonly Gen<(WireServer.Habit Habit, int Delay)[]> Others =
        Gen.Select(Gen.Enum<WireServer.Habit>(), Gen.Int[0, 900]).Array[0, 4];

    [Fact]
    public void With_one_honest_server_among_any_there_is_a_lease_and_it_outlives_flaps_and_renewals() =>
        Gen.Select(Gen.Int[0, 900], Others, Gen.UInt).Sample((delay, others, seed) =>
        {
            WireServer honest = new(1, WireServer.Habit.Honest, delay);
            DhcpWire wire = new([honest, .. others.Select((o, i) => new WireServer(i + 2, o.Habit, o.Delay))], seed);

            wire.Start();
            wire.Run(TimeSpan.FromMinutes(10), until: m => m.State is DhcpState.Bound);
            Assert.True(wire.Machine.State is DhcpState.Bound, wire.Told);
            IPAddress address = wire.Machine.Lease!.Address.Address;

            for (int flap = 0; flap < 3; flap++)
            {
                wire.Start();
                wire.Run(TimeSpan.FromSeconds(5), until: m => m.State is DhcpState.Bound);
                Assert.True(address.Equals(wire.Machine.Lease?.Address.Address), wire.Told);
            }

            wire.Run(TimeSpan.FromHours(3), until: m => m.State is DhcpState.Rebinding);
            Assert.True(wire.Machine.State is DhcpState.Bound or DhcpState.Renewing && address.Equals(wire.Machine.Lease!.Address.Address), wire.Told);

            wire.UnicastIsLost = true;
            wire.Run(TimeSpan.FromHours(3));
            Assert.True(address.Equals(wire.Machine.Lease?.Address.Address), wire.Told);
        }, iter: 300);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_refusal_of_a_server_that_was_not_asked_is_left_out_and_said(bool renewing)
    {
        DhcpMachine machine = renewing ? Bound(DhcpState.Renewing) : Asking();

        IReadOnlyList<DhcpAction> actions = machine.OnMessage(Nak([10, 0, 0, 2], "wrong network"), machine.Deadline);
        IReadOnlyList<DhcpAction> again = machine.OnMessage(Nak([10, 0, 0, 2], "wrong network"), machine.Deadline);

        Assert.Equal(renewing ? DhcpState.Renewing : DhcpState.Requesting, machine.State);
        Assert.Equal("10.0.0.2 refused 10.0.0.9: wrong network; this is left out, 10.0.0.1 was asked", Assert.IsType<DhcpAction.Notice>(actions.Single()).Text);
        Assert.Empty(again);
    }

    [Theory]
    [InlineData(nameof(DhcpState.Rebinding))]
    [InlineData(nameof(DhcpState.Rebooting))]
    public void A_refusal_of_a_request_to_all_counts_only_without_an_acknowledgement_in_time(string name)
    {
        DhcpState state = Enum.Parse<DhcpState>(name);
        DhcpMachine acknowledged = Bound(state);
        DhcpMachine refused = Bound(state);
        TimeSpan now = TimeSpan.FromSeconds(880);

        acknowledged.OnMessage(Nak([10, 0, 0, 2]), now);
        acknowledged.OnMessage(Wire.Reply(DhcpMessageType.Ack, 1000, "10.0.0.9"), now + TimeSpan.FromMilliseconds(900));
        acknowledged.OnTimer(now + TimeSpan.FromSeconds(1));
        refused.OnMessage(Nak([10, 0, 0, 2]), now);
        refused.OnMessage(Nak([10, 0, 0, 3]), now + TimeSpan.FromMilliseconds(900));
        IReadOnlyList<DhcpAction> lost = refused.OnTimer(now + TimeSpan.FromSeconds(1));

        Assert.Equal(DhcpState.Bound, acknowledged.State);
        Assert.Equal("10.0.0.2 refused 10.0.0.9", Assert.IsType<DhcpAction.Lost>(lost[^1]).Reason);
        Assert.Null(refused.Lease);
    }

    [Theory]
    [InlineData(nameof(DhcpState.Requesting))]
    [InlineData(nameof(DhcpState.Renewing))]
    [InlineData(nameof(DhcpState.Rebinding))]
    [InlineData(nameof(DhcpState.Rebooting))]
    public void An_acknowledgement_without_a_server_counts_for_the_server_that_was_asked(string name)
    {
        DhcpState state = Enum.Parse<DhcpState>(name);
        DhcpMachine machine = state is DhcpState.Requesting ? Asking() : Bound(state);
        DhcpMessage ack = Wire.Reply(DhcpMessageType.Ack, 1000, "10.0.0.9");
        Dictionary<DhcpOption, byte[]> options = new(ack.Options);
        options.Remove(DhcpOption.ServerIdentifier);

        machine.OnMessage(ack with { Options = options }, TimeSpan.FromSeconds(881));
        machine.OnProbed(conflict: false, TimeSpan.FromSeconds(882));

        Assert.Equal((DhcpState.Bound, "10.0.0.1"), (machine.State, machine.Lease?.Server.ToString()));
    }

    [Fact]
    public void What_is_left_out_is_said_once_with_the_reason()
    {
        DhcpMachine machine = New();
        machine.Start(TimeSpan.Zero);
        DhcpMessage offer = Wire.Reply(DhcpMessageType.Offer, 1000, "10.0.0.9", (DhcpOption.LeaseTime, [0, 1]));

        IReadOnlyList<DhcpAction> first = machine.OnMessage(offer, TimeSpan.Zero);
        IReadOnlyList<DhcpAction> second = machine.OnMessage(offer, TimeSpan.Zero);

        Assert.Equal(
            "an offer of 10.0.0.1 is left out: it has no lease time (option 51 has 2 bytes: 0001)", Assert.IsType<DhcpAction.Notice>(first.Single()).Text);
        Assert.Empty(second);
    }

    [Fact]
    public void A_host_name_that_is_left_out_is_said_once_and_not_at_each_renewal()
    {
        DhcpMachine machine = Asking();
        DhcpMessage ack = Wire.Reply(DhcpMessageType.Ack, 1000, "10.0.0.9", (DhcpOption.Hostname, "Edge_Node77"u8.ToArray()));
        machine.OnMessage(ack, TimeSpan.Zero);

        IReadOnlyList<DhcpAction> granted = machine.OnProbed(conflict: false, TimeSpan.Zero);
        machine.OnTimer(machine.Deadline);
        IReadOnlyList<DhcpAction> renewed = machine.OnMessage(ack, TimeSpan.FromSeconds(501));

        Assert.Contains("Edge_Node77", Assert.IsType<DhcpAction.Notice>(granted[1]).Text, StringComparison.Ordinal);
        Assert.IsType<DhcpAction.Granted>(renewed.Single());
    }

    [Fact]
    public void Notices_about_strangers_have_a_bound()
    {
        DhcpMachine machine = New();
        machine.Start(TimeSpan.Zero);
        int notices = 0;
        for (int i = 0; i < 10_000; i++)
        {
            byte[] server = [10, 1, (byte)(i >> 8), (byte)(i | 1)];
            notices += machine.OnMessage(
                Wire.Reply(DhcpMessageType.Offer, 1000, "10.0.0.9", (DhcpOption.LeaseTime, []), (DhcpOption.ServerIdentifier, server)), TimeSpan.Zero).Count;
        }

        Assert.InRange(notices, 1, 64);
    }

    private static DhcpMessage Nak(byte[] server, string why = "") => Wire.Reply(
        DhcpMessageType.Nak, 1000, "0.0.0.0", (DhcpOption.ServerIdentifier, server), (DhcpOption.Message, System.Text.Encoding.ASCII.GetBytes(why)));

    private static DhcpMachine New() => new(new DhcpIdentity(Wire.Mac, [], ""), () => 1000);

    private static DhcpMachine Asking()
    {
        DhcpMachine machine = New();
        machine.Start(TimeSpan.Zero);
        machine.OnMessage(Wire.Reply(DhcpMessageType.Offer, 1000, "10.0.0.9"), TimeSpan.Zero);
        return machine;
    }

    /// <summary>A machine with a lease that asks again; its lease began at 0 and holds for 1000 s.</summary>
    private static DhcpMachine Bound(DhcpState state)
    {
        DhcpMachine machine = Asking();
        machine.OnMessage(Wire.Reply(DhcpMessageType.Ack, 1000, "10.0.0.9"), TimeSpan.Zero);
        machine.OnProbed(conflict: false, TimeSpan.Zero);
        if (state is DhcpState.Rebooting)
        {
            machine.Start(TimeSpan.FromSeconds(880));
        }

        while (machine.State != state)
        {
            machine.OnTimer(machine.Deadline);
        }

        return machine;
    }
}
