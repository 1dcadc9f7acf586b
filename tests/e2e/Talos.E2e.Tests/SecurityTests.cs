using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Talos.Api.Machine;
using Talos.Api.Ota;
using Talos.Pki;

namespace Talos.E2e.Tests;

/// <summary>Attacks from outside on a booted, configured node: no answer to strangers at any moment, and no reset by readers.</summary>
[Trait("Category", "Security")]
public sealed class SecurityTests(SecurityNode node, ITestOutputHelper output) : IClassFixture<SecurityNode>, IDisposable
{
    private static readonly TimeSpan AdminLimit = TimeSpan.FromSeconds(15);

    private readonly Machine _machine = node.Machine;
    private readonly ConcurrentBag<IDisposable> _open = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        foreach (IDisposable open in _open)
        {
            open.Dispose();
        }
    }

    [Fact]
    public async Task A_node_that_has_a_config_answers_no_stranger_through_a_whole_restart()
    {
        ConcurrentDictionary<string, int> outcomes = new(StringComparer.Ordinal);
        using CancellationTokenSource booted = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        Task strangers = Task.WhenAll(Stranger().Select(call => PollAsync(call.Name, call.Call, outcomes, booted.Token)));

        (await _machine.TalosctlAsync("reboot", "--wait", "--timeout", "8m")).Expect();
        await _machine.UntilReadyAsync();
        await booted.CancelAsync();
        await strangers;

        foreach ((string outcome, int times) in outcomes.OrderBy(o => o.Key, StringComparer.Ordinal))
        {
            output.WriteLine($"{times,6} x {outcome}");
        }

        Assert.DoesNotContain(outcomes.Keys, o => o.EndsWith(" OK", StringComparison.Ordinal));
        Assert.DoesNotContain(outcomes.Keys, o => o.EndsWith(" FailedPrecondition", StringComparison.Ordinal));
        Assert.DoesNotContain(outcomes.Keys, o => o.EndsWith(" InvalidArgument", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Readers_and_silent_connections_neither_reset_the_node_nor_close_its_administrator_out()
    {
        int starts = Starts();
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        Task<TimeSpan> admin = AdminAsync(end.Token);

        await NodesAsync();
        (int followers, int refused) = await FollowAsync(3, 200);
        await SilentAsync(560);
        await HeadersAsync(20);
        await Task.Delay(TimeSpan.FromMinutes(2), Ct);
        string memory = (await _machine.TalosctlAsync("processes")).Expect();
        await end.CancelAsync();

        output.WriteLine($"{followers} followers of 600 open, {refused} refused, slowest answer to the administrator {(await admin).TotalSeconds:0.0} s");
        output.WriteLine(string.Join('\n', memory.Split('\n').Where(l => l.Contains("machined", StringComparison.Ordinal) || l.Contains("apid", StringComparison.Ordinal))));
        Assert.Equal(600, followers + refused);
        Assert.InRange(followers, 100, 512);
        Assert.Equal(starts, Starts());
        Assert.InRange(await admin, TimeSpan.Zero, AdminLimit);
    }

    [Fact]
    public async Task An_install_without_a_certificate_is_refused_and_fetches_nothing()
    {
        using TcpListener server = new(IPAddress.Loopback, 0);
        server.Start();
        Task<TcpClient> fetched = server.AcceptTcpClientAsync(Ct).AsTask();
        string url = $"http://10.0.2.2:{((IPEndPoint)server.LocalEndpoint).Port}/b.bundle";

        foreach (GrpcChannel channel in (GrpcChannel[])[Channel(null), Channel(_machine.WithRoles(Role.Reader))])
        {
            using AsyncDuplexStreamingCall<InstallRequest, InstallResponse> call = new UpdateService.UpdateServiceClient(channel).Install(cancellationToken: Ct);
            await Assert.ThrowsAsync<RpcException>(async () =>
            {
                await call.RequestStream.WriteAsync(new InstallRequest { Options = new InstallOptions { Reference = url, Force = true, Reboot = true } }, Ct);
                await call.ResponseStream.MoveNext(Ct);
            });
        }

        Assert.NotSame(fetched, await Task.WhenAny(fetched, Task.Delay(TimeSpan.FromSeconds(5), Ct)));
    }

    private static IEnumerable<(string Name, Func<GrpcChannel, CancellationToken, Task> Call)> Stranger() =>
    [
        ("ServiceList", async (c, ct) => await new MachineService.MachineServiceClient(c).ServiceListAsync(new Empty(), cancellationToken: ct)),
        ("Dmesg", async (c, ct) => await new MachineService.MachineServiceClient(c).Dmesg(new DmesgRequest(), cancellationToken: ct).ResponseStream.MoveNext(ct)),
        ("ApplyConfiguration", async (c, ct) => await new MachineService.MachineServiceClient(c).ApplyConfigurationAsync(
            new ApplyConfigurationRequest { DryRun = true }, cancellationToken: ct)),
        ("Install", async (c, ct) =>
        {
            using AsyncDuplexStreamingCall<InstallRequest, InstallResponse> call = new UpdateService.UpdateServiceClient(c).Install(cancellationToken: ct);
            await call.RequestStream.WriteAsync(new InstallRequest { Options = new InstallOptions { Reference = "http://10.0.2.2:9/b.bundle" } }, ct);
            await call.ResponseStream.MoveNext(ct);
        }),
    ];

    // Each try is a new connection: what the node asks of its callers is decided when they connect.
    private async Task PollAsync(
        string name, Func<GrpcChannel, CancellationToken, Task> call, ConcurrentDictionary<string, int> outcomes, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            using GrpcChannel channel = _machine.Channel(null);
            using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
            limit.CancelAfter(TimeSpan.FromSeconds(10));
            string outcome = "OK";
            try
            {
                await call(channel, limit.Token);
            }
            catch (RpcException e)
            {
                outcome = e.StatusCode.ToString();
            }

            outcomes.AddOrUpdate($"{name} {outcome}", 1, (_, count) => count + 1);
            await Task.Delay(TimeSpan.FromMilliseconds(250), Ct);
        }
    }

    private async Task NodesAsync()
    {
        MachineService.MachineServiceClient reader = new(Channel(_machine.WithRoles(Role.Reader)));
        ProcessesResponse answer = await reader.ProcessesAsync(
            new Empty(), new Metadata { { "nodes", string.Join(',', Enumerable.Repeat("127.0.0.1", 2700)) } }, cancellationToken: Ct);
        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () => await reader.ProcessesAsync(
            new Empty(), new Metadata { { "nodes", string.Join(',', Enumerable.Range(0, 2000).Select(i => $"10.9.{i / 250}.{i % 250}")) } }, cancellationToken: Ct));

        Assert.Single(answer.Messages);
        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
    }

    private async Task<(int Open, int Refused)> FollowAsync(int connections, int each)
    {
        int opened = 0;
        int refused = 0;
        for (int connection = 0; connection < connections; connection++)
        {
            MachineService.MachineServiceClient reader = new(Channel(_machine.WithRoles(Role.Reader)));
            await Parallel.ForAsync(0, each, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Ct }, async (_, _) =>
            {
                AsyncServerStreamingCall<Api.Common.Data> call = reader.Dmesg(new DmesgRequest { Follow = true }, cancellationToken: Ct);
                try
                {
                    await call.ResponseStream.MoveNext(Ct);
                    Interlocked.Increment(ref opened);
                    _open.Add(call);
                }
                catch (RpcException e) when (e.StatusCode is StatusCode.ResourceExhausted)
                {
                    Interlocked.Increment(ref refused);
                }
            });
        }

        return (opened, refused);
    }

    private async Task SilentAsync(int count)
    {
        string[] endpoint = _machine.Endpoint.Split(':');
        for (int i = 0; i < count; i++)
        {
            TcpClient client = new();
            _open.Add(client);
            await client.ConnectAsync(endpoint[0], int.Parse(endpoint[1], System.Globalization.CultureInfo.InvariantCulture), Ct);
        }
    }

    private async Task HeadersAsync(int count)
    {
        for (int i = 0; i < count; i++)
        {
            MachineService.MachineServiceClient reader = new(Channel(_machine.WithRoles(Role.Reader)));
            await Assert.ThrowsAsync<RpcException>(async () =>
                await reader.VersionAsync(new Empty(), new Metadata { { "x-long", new string('a', 60_000) } }, cancellationToken: Ct));
        }
    }

    private async Task<TimeSpan> AdminAsync(CancellationToken end)
    {
        MachineService.MachineServiceClient admin = new(Channel(_machine.Admin()));
        TimeSpan slowest = TimeSpan.Zero;
        while (!end.IsCancellationRequested)
        {
            long start = Stopwatch.GetTimestamp();
            await admin.VersionAsync(new Empty(), cancellationToken: Ct);
            TimeSpan took = Stopwatch.GetElapsedTime(start);
            slowest = took > slowest ? took : slowest;
            await Task.Delay(TimeSpan.FromSeconds(1), Ct);
        }

        return slowest;
    }

    private int Starts() => _machine.ConsoleText.Split("Linux version").Length - 1;

    private GrpcChannel Channel(System.Security.Cryptography.X509Certificates.X509Certificate2? client)
    {
        GrpcChannel channel = _machine.Channel(client);
        _open.Add(channel);
        return channel;
    }
}
