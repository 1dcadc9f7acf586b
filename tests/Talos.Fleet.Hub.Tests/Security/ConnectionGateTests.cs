using System.Net;
using CsCheck;
using Talos.Fleet.Hub.Connections;

namespace Talos.Fleet.Hub.Tests.Security;

[Trait("Category", "Security")]
public sealed class ConnectionGateTests
{
    private static readonly IPAddress One = IPAddress.Parse("192.0.2.1"), Two = IPAddress.Parse("192.0.2.2");

    [Fact]
    public void Silent_connections_of_one_address_make_room_for_its_next_one_the_oldest_first()
    {
        ConnectionGate gate = new(new GateLimits(100, 50, 3, 10, 5));
        List<int> cut = [];

        ConnectionGate.Ticket?[] tickets = [.. Enumerable.Range(0, 5).Select(i => gate.Enter(One, () => cut.Add(i)))];

        Assert.DoesNotContain(null, tickets);
        Assert.Equal([0, 1], cut);
        Assert.Equal(3, gate.Total);
    }

    [Fact]
    public void Who_showed_an_identity_is_never_ended_for_others_and_leaves_room_for_its_address()
    {
        ConnectionGate gate = new(new GateLimits(100, 50, 2, 10, 5));
        bool ended = false;
        ConnectionGate.Ticket known = gate.Enter(One, () => ended = true)!;

        bool kept = known.Keep();
        for (int i = 0; i < 1000; i++)
        {
            gate.Enter(One, () => { });
        }

        Assert.True(kept);
        Assert.False(ended);
        Assert.Equal(3, gate.Total);
    }

    [Fact]
    public void A_new_connection_comes_in_while_any_other_one_waits_and_is_refused_only_when_all_are_kept()
    {
        ConnectionGate gate = new(new GateLimits(3, 3, 3, 3, 3));
        ConnectionGate.Ticket first = gate.Enter(One, () => { })!, second = gate.Enter(One, () => { })!;
        first.Keep();
        second.Keep();
        gate.Enter(Two, () => { });

        ConnectionGate.Ticket third = gate.Enter(Two, () => { })!;
        third.Keep();
        ConnectionGate.Ticket? fourth = gate.Enter(One, () => { });

        Assert.Null(fourth);
        Assert.Equal(1, gate.Refused);
        Assert.Equal(3, gate.Total);
    }

    [Fact]
    public void Requests_of_strangers_are_bounded_for_an_address_and_in_total()
    {
        ConnectionGate gate = new(new GateLimits(100, 50, 50, 3, 2));
        ConnectionGate.Ticket[] here = [.. Enumerable.Range(0, 3).Select(_ => gate.Enter(One, () => { })!)];
        ConnectionGate.Ticket[] there = [.. Enumerable.Range(0, 2).Select(_ => gate.Enter(Two, () => { })!)];

        Assert.Equal([true, true, false], here.Select(t => t.BeginRequest()));
        Assert.Equal([true, false], there.Select(t => t.BeginRequest()));
        here[0].EndRequest();
        Assert.True(there[1].BeginRequest());
    }

    [Theory]
    [InlineData("2001:db8::1", "2001:db8::ffff:1", 1)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", 2)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", 1)]
    [InlineData("192.0.2.1", "192.0.2.2", 2)]
    public void An_address_counts_as_what_one_host_can_choose_from(string one, string other, int left)
    {
        ConnectionGate gate = new(new GateLimits(100, 50, 1, 10, 5));

        gate.Enter(IPAddress.Parse(one), () => { });
        gate.Enter(IPAddress.Parse(other), () => { });

        Assert.Equal(left, gate.Total);
    }

    [Fact]
    public void Whatever_happens_the_bounds_hold_and_nothing_is_left_at_the_end() => Gen.Int[0, 99].Array[1, 400].Sample(steps =>
    {
        GateLimits limits = new(12, 8, 3, 4, 2);
        ConnectionGate gate = new(limits);
        List<(ConnectionGate.Ticket Ticket, IPAddress From, int Requests)> open = [];
        HashSet<ConnectionGate.Ticket> cut = [];
        foreach (int step in steps)
        {
            int at = open.Count == 0 ? 0 : step % open.Count;
            switch (step % 5)
            {
                case 0 or 1:
                    IPAddress from = new([10, 0, 0, (byte)(step % 4)]);
                    ConnectionGate.Ticket? made = null;
                    made = gate.Enter(from, () => cut.Add(made!));
                    if (made is not null)
                    {
                        open.Add((made, from, 0));
                    }

                    break;
                case 2 when open.Count > 0:
                    open[at].Ticket.Keep();
                    break;
                case 3 when open.Count > 0 && open[at].Ticket.BeginRequest():
                    open[at] = open[at] with { Requests = open[at].Requests + 1 };
                    break;
                case 4 when open.Count > 0 && open[at].Requests > 0:
                    open[at].Ticket.EndRequest();
                    open[at] = open[at] with { Requests = open[at].Requests - 1 };
                    break;
                case 4 when open.Count > 0:
                    open[at].Ticket.Dispose();
                    open.RemoveAt(at);
                    break;
                default:
                    break;
            }

            Assert.InRange(gate.Total, 0, limits.Total);
            Assert.All(cut, c => Assert.False(c.IsKept));
        }

        foreach ((ConnectionGate.Ticket ticket, _, _) in open)
        {
            ticket.Dispose();
        }

        Assert.Equal(0, gate.Total);
    });

    [Theory]
    [InlineData("Max open files            20000                20000                files     ", 20000)]
    [InlineData("Max open files            unlimited            unlimited            files     ", 1 << 20)]
    [InlineData("Max file locks            unlimited            unlimited            locks     ", 1024)]
    [InlineData("", 1024)]
    public void The_limit_of_open_files_is_read_from_the_kernel(string line, int limit) =>
        Assert.Equal(limit, DescriptorBudget.Read($"Limit                     Soft Limit           Hard Limit           Units     \n{line}\n"));

    [Theory]
    [InlineData(1024)]
    [InlineData(4096)]
    [InlineData(1 << 20)]
    public void Both_ports_together_leave_descriptors_for_the_database(int limit)
    {
        DescriptorBudget budget = DescriptorBudget.Of(limit);

        Assert.InRange(limit - budget.Broker - budget.Https, limit / 8, limit);
    }
}
