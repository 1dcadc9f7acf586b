using System.Diagnostics;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Talos.Api.Cosi;
using Talos.Api.Machine;
using Talos.Apid;
using Talos.Machined.Watchdogs;
using Talos.Pki;
using Talos.Resources.Runtime;
using Talos.Rpc.Authorization;
using Talos.Rpc.Hosting;
using Talos.Rpc.Tls;
using Talos.Testing;

namespace Talos.Machined.Tests.Api;

/// <summary>apid and machined's real API in one process, readers who take what they can get, and an administrator and a watchdog beside them.</summary>
[Trait("Category", "Security")]
[Trait("Category", "Integration")]
public sealed class ReadersLoadTests(MachineApiFixture node) : IClassFixture<MachineApiFixture>, IDisposable
{
    private const int Followers = 200;
    private const int Streams = 2000;

    /// <summary>The shortest one of a board that we know: half of it is what a part may be silent.</summary>
    private static readonly TimeSpan WatchdogTimeout = TimeSpan.FromSeconds(15);

    private readonly CertificateAuthority _authority = CertificateAuthority.Create(AuthorityOptions.Os, TimeProvider.System);
    private readonly List<IDisposable> _open = [];
    private int _port;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _open.ForEach(o => o.Dispose());

    [Fact]
    public async Task Readers_cannot_keep_the_administrator_waiting_nor_the_watchdog_unfed()
    {
        StartApid();
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        Task<TimeSpan> admin = AdminAsync(end.Token);
        Task<TimeSpan> watchdog = WatchdogAsync(end.Token);
        long before = WorkingSet();

        int answered = await WorkAsync(400);
        int followers = await OpenAsync(Followers, (machine, _) => machine.Dmesg(new DmesgRequest { Follow = true, Tail = true }, cancellationToken: Ct));
        int streams = await OpenAsync(Streams / 4, (machine, _) => machine.Events(new EventsRequest(), cancellationToken: Ct))
            + await OpenAsync(Streams / 4, (machine, _) => machine.Logs(
                new LogsRequest { Namespace = "system", Id = "machined", Follow = true, TailLines = -1 }, cancellationToken: Ct))
            + await OpenAsync(Streams / 2, (_, state) => state.Watch(
                new WatchRequest { Namespace = MachineStatus.Definition.Namespace, Type = MachineStatus.Definition.Type, ApiVersion = 1 }, cancellationToken: Ct));
        await WorkAsync(400);
        node.Node.Logs.Append("machined", new byte[64 << 10]);
        await Task.Delay(TimeSpan.FromSeconds(2), Ct);
        await end.CancelAsync();

        TestContext.Current.SendDiagnosticMessage(
            $"{followers} followers and {streams} streams not refused at once, {answered} of 400 process lists answered, +{(WorkingSet() - before) >> 20} MiB in all, "
            + $"slowest answer to the administrator {(await admin).TotalMilliseconds:0} ms, longest silence {(await watchdog).TotalSeconds:0.0} s");
        Assert.InRange(answered, 200, 400);
        Assert.Equal(Followers, followers);
        Assert.InRange(streams, 1, Streams);
        Assert.InRange(WorkingSet() - before, long.MinValue, 500L << 20);
        Assert.InRange(await admin, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.InRange(await watchdog, TimeSpan.Zero, WatchdogTimeout / 2);
    }

    private static long WorkingSet()
    {
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        return self.WorkingSet64;
    }

    private void StartApid()
    {
        _port = LoopbackPorts.Free();
        CertificateAndKey server = _authority.IssueServer(SubjectNames.Parse(["127.0.0.1"]), null, TimeSpan.FromHours(1));
        ApidSecrets secrets = new()
        {
            Admission = Admission.Members,
            Authorities = _authority.CertificatePem,
            Certificate = server.CertificatePem,
            Key = server.KeyPem.Reveal(),
            ClientCertificate = "",
            ClientKey = "",
            LocalNames = ["127.0.0.1"],
        };
        string path = Path.Combine(node.Folder, "load.json");
        File.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(secrets, DaemonSecretsJson.Default.ApidSecrets));
        _ = ApidMain.RunAsync([$"--listen=127.0.0.1:{_port}", $"--secrets={path}", $"--backend={node.SocketPath}"]);
    }

    // Each reader has a certificate of his own: the limit of a caller is not to be what saves the node.
    private async Task<int> OpenAsync<T>(int count, Func<MachineService.MachineServiceClient, State.StateClient, AsyncServerStreamingCall<T>> open)
    {
        int opened = 0;
        GrpcChannel[] channels = [.. Enumerable.Range(0, 4).Select(_ => Channel(Role.Reader))];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = Ct }, async (i, _) =>
        {
            GrpcChannel channel = channels[i % channels.Length];
            AsyncServerStreamingCall<T> call = open(new MachineService.MachineServiceClient(channel), new State.StateClient(channel));
            Task<bool> first = call.ResponseStream.MoveNext(Ct);

            // Who is not refused may have nothing to say for a while.
            await Task.WhenAny(first, Task.Delay(TimeSpan.FromMilliseconds(200), Ct));
            if (!first.IsFaulted)
            {
                Interlocked.Increment(ref opened);
                lock (_open)
                {
                    _open.Add(call);
                }

                return;
            }

            Assert.Equal(StatusCode.ResourceExhausted, Assert.IsType<RpcException>(first.Exception!.InnerException).StatusCode);
        });
        return opened;
    }

    private async Task<int> WorkAsync(int count)
    {
        MachineService.MachineServiceClient reader = new(Channel(Role.Reader));
        int answered = 0;
        await Task.WhenAll(Enumerable.Range(0, count).Select(async _ =>
        {
            try
            {
                await reader.ProcessesAsync(new Empty(), cancellationToken: Ct);
                Interlocked.Increment(ref answered);
            }
            catch (RpcException e) when (e.StatusCode is StatusCode.ResourceExhausted)
            {
                // Refused with a reason.
            }
        }));
        return answered;
    }

    private async Task<TimeSpan> AdminAsync(CancellationToken end)
    {
        MachineService.MachineServiceClient admin = new(Channel(Role.Admin));
        TimeSpan slowest = TimeSpan.Zero;
        while (!end.IsCancellationRequested)
        {
            long start = Stopwatch.GetTimestamp();
            await admin.HostnameAsync(new Empty(), cancellationToken: Ct);
            TimeSpan took = Stopwatch.GetElapsedTime(start);
            slowest = took > slowest ? took : slowest;
            await Task.Delay(TimeSpan.FromMilliseconds(100), Ct);
        }

        return slowest;
    }

    // As PID 1 asks its parts, twice a second.
    private async Task<TimeSpan> WatchdogAsync(CancellationToken end)
    {
        LoopPulse pulse = new(TimeProvider.System);
        pulse.Add("the API", ct => ApiPulse.AskAsync(node.SocketPath, ct));
        pulse.Add("the sequencer", _ => Task.FromResult(node.Node.Sequencer.Current));
        TimeSpan longest = TimeSpan.Zero;
        while (!end.IsCancellationRequested)
        {
            pulse.Ask();
            await Task.Delay(TimeSpan.FromMilliseconds(500), Ct);
            foreach (PartSilence part in pulse.Silences)
            {
                longest = part.Silent is { } silent && silent > longest ? silent : longest;
            }

            Assert.Null(WatchdogRules.Objection(pulse.Silences, WatchdogTimeout));
        }

        return longest;
    }

    private GrpcChannel Channel(Role role)
    {
        CertificateAndKey issued = _authority.IssueClient([role], TimeSpan.FromHours(1));
        GrpcChannel channel = Channels.Tls("127.0.0.1", _port, ClientTls.Trusting(
            TlsIdentity.FromPem(issued.CertificatePem, issued.KeyPem.Reveal()), [Certificates.Read(_authority.CertificatePem)], TimeProvider.System));
        lock (_open)
        {
            _open.Add(channel);
        }

        return channel;
    }
}
