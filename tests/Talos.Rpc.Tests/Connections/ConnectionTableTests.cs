using System.Net;
using Talos.Rpc.Connections;

namespace Talos.Rpc.Tests.Connections;

[Trait("Category", "Security")]
public class ConnectionTableTests
{
    private static readonly ConnectionLimits Few = new() { Strangers = 6, StrangersOfPeer = 3, Members = 5, Reserved = 2, OfMember = 3 };

    private readonly ConnectionTable _table = new(Few);

    [Fact]
    public void A_silent_connection_makes_room_for_a_new_one_of_its_address_and_one_that_spoke_stays()
    {
        ConnectionTable.Connection spoken = _table.Add("a").Added;
        spoken.HasSpoken = true;
        ConnectionTable.Connection silent = _table.Add("a").Added;
        _table.Add("a");

        Assert.Same(silent, _table.Add("a").Evicted);
        Assert.Equal(3, _table.Strangers);
    }

    [Fact]
    public void When_all_places_are_taken_the_address_with_the_most_connections_gives_one()
    {
        ConnectionTable.Connection first = _table.Add("many").Added;
        _table.Add("many");
        _table.Add("many");
        _table.Add("b");
        _table.Add("c");
        _table.Add("d");

        Assert.Same(first, _table.Add("honest").Evicted);
        Assert.Equal(6, _table.Strangers);
    }

    [Fact]
    public void Readers_leave_room_for_administrators_and_nobody_takes_it_all()
    {
        for (int i = 0; i < 3; i++)
        {
            Assert.Null(_table.Recognise(_table.Add("a").Added, $"reader {i}", isPrivileged: false));
        }

        Assert.Contains("the limit is 3", _table.Recognise(_table.Add("a").Added, "reader 4", isPrivileged: false), StringComparison.Ordinal);
        Assert.Null(_table.Recognise(_table.Add("a").Added, "admin", isPrivileged: true));
        Assert.Null(_table.Recognise(_table.Add("a").Added, "admin", isPrivileged: true));
        Assert.NotNull(_table.Recognise(_table.Add("a").Added, "admin", isPrivileged: true));
    }

    [Fact]
    public void One_certificate_does_not_take_the_room_of_others()
    {
        ConnectionTable table = new(Few with { Members = 50 });
        for (int i = 0; i < 3; i++)
        {
            Assert.Null(table.Recognise(table.Add("a").Added, "one", isPrivileged: false));
        }

        Assert.Contains("with this certificate", table.Recognise(table.Add("a").Added, "one", isPrivileged: false), StringComparison.Ordinal);
        Assert.Null(table.Recognise(table.Add("a").Added, "another", isPrivileged: false));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_comes_and_goes_no_limit_is_passed_and_nothing_is_left_behind(int seed)
    {
        Random random = new(seed);
        List<ConnectionTable.Connection> open = [];
        for (int step = 0; step < 20_000; step++)
        {
            switch (random.Next(4))
            {
                case 0 or 1:
                    (ConnectionTable.Connection added, ConnectionTable.Connection? evicted) = _table.Add($"peer {random.Next(5)}");
                    open.Add(added);
                    if (evicted is not null)
                    {
                        Assert.True(open.Remove(evicted));
                    }

                    break;
                case 2 when open.Count > 0:
                    ConnectionTable.Connection some = open[random.Next(open.Count)];
                    some.HasSpoken = true;
                    _table.Recognise(some, $"member {random.Next(4)}", random.Next(2) == 0);
                    break;
                case 3 when open.Count > 0:
                    ConnectionTable.Connection gone = open[random.Next(open.Count)];
                    open.Remove(gone);
                    _table.Remove(gone);
                    _table.Remove(gone);
                    break;
            }

            Assert.InRange(_table.Strangers, 0, Few.Strangers);
            Assert.InRange(_table.Members, 0, Few.Members);
            Assert.Equal(open.Count, _table.Strangers + _table.Members);
        }

        open.ForEach(_table.Remove);
        Assert.Equal((0, 0), (_table.Strangers, _table.Members));
    }

    [Theory]
    [InlineData("10.1.2.3", "10.1.2.3")]
    [InlineData("::ffff:10.1.2.3", "10.1.2.3")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2::9", "2001:db8:1:2::/64")]
    [InlineData("::1", "::/64")]
    public void An_address_is_counted_as_the_host_that_has_it(string address, string key) =>
        Assert.Equal(key, PeerAddress.Key(new IPEndPoint(IPAddress.Parse(address), 1)));

    [Fact]
    public void The_limits_together_fit_into_the_descriptors_of_a_process()
    {
        ConnectionLimits limits = new();

        Assert.InRange(limits.Strangers + limits.Members, 1, 640);
        Assert.True(limits.StrangersOfPeer < limits.Strangers && limits.Reserved < limits.Members);
    }
}
