using System.Net;
using Talos.Testing;

namespace Talos.Trustd.Tests;

[Trait("Category", "Security")]
public sealed class NameHoldersTests
{
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);
    private static readonly IPAddress First = IPAddress.Parse("10.0.0.7"), Second = IPAddress.Parse("10.0.0.8");

    private readonly ManualTime _time = new();
    private readonly NameHolders _holders;

    public NameHoldersTests() => _holders = new NameHolders(_time, Day, limit: 8);

    [Fact]
    public void A_host_name_stays_with_its_node_for_a_day_wherever_that_goes_with_its_key()
    {
        _holders.Note(["edge"], [], First, "key-1");

        Assert.Equal("10.0.0.7", _holders.Other("edge", Second, "key-2"));
        Assert.Null(_holders.Other("edge", First, "key-2"));
        Assert.Null(_holders.Other("edge", Second, "key-1"));
        Assert.Null(_holders.Other("other", Second, "key-2"));

        _time.Advance(Day);
        Assert.Null(_holders.Other("edge", Second, "key-2"));
    }

    [Fact]
    public void Asking_again_keeps_it()
    {
        _holders.Note(["edge"], [], First, "key-1");
        _time.Advance(Day / 2);
        _holders.Note(["edge"], [], First, "key-1");
        _time.Advance(Day / 2);

        Assert.NotNull(_holders.Other("edge", Second, "key-2"));
    }

    [Fact]
    public void An_address_is_its_nodes_once_it_was_heard_from_there_and_inner_ones_of_two_NATs_do_not_meet()
    {
        var inner = IPAddress.Parse("192.168.1.10");
        _holders.Note([], [First, inner], First, "key-1");

        Assert.NotNull(_holders.Other(First.ToString(), Second, "key-2"));
        Assert.Null(_holders.Other(inner.ToString(), Second, "key-2"));
    }

    [Fact]
    public void What_is_remembered_is_bounded_and_the_oldest_goes_first()
    {
        for (int i = 0; i < 100; i++)
        {
            _holders.Note([$"edge-{i}"], [], First, "key-1");
        }

        Assert.Equal(8, _holders.Count);
        Assert.Null(_holders.Other("edge-0", Second, "key-2"));
        Assert.NotNull(_holders.Other("edge-99", Second, "key-2"));
        _time.Advance(Day);
        _holders.Note(["last"], [], First, "key-1");
        Assert.Equal(1, _holders.Count);
    }
}
