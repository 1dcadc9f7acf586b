using System.Net;
using System.Net.Sockets;
using Talos.Testing;

namespace Talos.Trustd.Tests;

[Trait("Category", "Security")]
public sealed class ControlPlaneAddressesTests
{
    private readonly ManualTime _time = new();
    private int _asked;
    private Func<Task<IPAddress[]>> _answer = () => Task.FromResult<IPAddress[]>([IPAddress.Parse("10.0.0.1")]);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_endpoint_is_looked_up_rarely_and_keeps_its_addresses_while_it_cannot_be()
    {
        ControlPlaneAddresses addresses = Create();
        Assert.Single(await addresses.OfAsync("api.example.org", Ct));
        Assert.Single(await addresses.OfAsync("api.example.org", Ct));
        Assert.Equal(1, _asked);

        _answer = () => throw new SocketException();
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Single(await addresses.OfAsync("api.example.org", Ct));
        Assert.Equal(2, _asked);
        Assert.Empty(await addresses.OfAsync("other.example.org", Ct));
    }

    [Theory]
    [InlineData("")]
    [InlineData("10.0.0.1")]
    [InlineData("fd00::1")]
    public async Task An_address_is_not_looked_up(string host)
    {
        Assert.Empty(await Create().OfAsync(host, Ct));
        Assert.Equal(0, _asked);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_not_waited_for()
    {
        _answer = () => new TaskCompletionSource<IPAddress[]>().Task;
        Task<IReadOnlyList<IPAddress>> asked = Create().OfAsync("api.example.org", Ct);

        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Empty(await asked);
    }

    private ControlPlaneAddresses Create() => new(_time, (_, _) =>
    {
        _asked++;
        return _answer();
    });
}
