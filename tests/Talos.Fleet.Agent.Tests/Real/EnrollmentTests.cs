using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Talos.Fleet.Protocol;
using Talos.Testing;

namespace Talos.Fleet.Agent.Tests.Real;

/// <summary>Enrolment and renewal over HTTPS.</summary>
public sealed class EnrollmentTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fleet-enrol").FullName;
    private readonly TestFleet _fleet = new();
    private WebApplication? _hub;
    private int _uses = 1;
    private int _renewals;
    private int _failures;
    private TimeProvider _clock = TimeProvider.System;
    private string? _answerNode;

    public async ValueTask InitializeAsync()
    {
        (string certificate, string key) = _fleet.Issue("CN=localhost", server: true);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.UseHttps(X509Certificate2.CreateFromPem(certificate, key))));
        _hub = builder.Build();
        _hub.UseRouting();
        _hub.MapPost("/api/v1/enroll", async context =>
        {
            Parsed<EnrollRequest> read = FleetMessages.ReadEnrollRequest(await BodyAsync(context));
            if (!read.IsGood || read.Value.Token != "token" || _uses-- <= 0)
            {
                context.Response.StatusCode = 403;
                await context.Response.WriteAsync("""{"error":"the token was used already"}""");
                return;
            }

            await AnswerAsync(context, read.Value.Csr);
        });
        _hub.MapPost("/api/v1/renew", async context =>
        {
            if (Interlocked.Increment(ref _renewals) <= _failures)
            {
                context.Response.StatusCode = 503;
                await context.Response.WriteAsync("""{"error":"the database is away"}""");
                return;
            }

            await AnswerAsync(context, FleetMessages.ReadRenewRequest(await BodyAsync(context)).Value!.Csr);
        });
        await _hub.StartAsync();
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_makes_its_key_and_keeps_its_identity()
    {
        NodeIdentity identity = await Enrol().EnrollAsync(new FakeNode().Facts, "machine", Ct);

        NodeIdentity? loaded = Enrol().Load();
        Assert.Equal("node-a", loaded?.Node);
        Assert.Equal(identity.Tls.Certificate.Thumbprint, loaded?.Tls.Certificate.Thumbprint);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder, "key.pem")));
    }

    [Fact]
    public async Task A_used_token_is_refused_with_the_hubs_reason()
    {
        _uses = 0;

        HubException e = await Assert.ThrowsAsync<HubException>(() => Enrol().EnrollAsync(new FakeNode().Facts, "machine", Ct));

        Assert.Contains("403", e.Message, StringComparison.Ordinal);
        Assert.Contains("the token was used already", e.Message, StringComparison.Ordinal);
        Assert.Null(Enrol().Load());
    }

    [Fact]
    public async Task A_hub_with_a_certificate_of_another_CA_gets_no_token()
    {
        using TestFleet other = new();

        await Assert.ThrowsAsync<HubException>(() => Enrol(other.CaPem).EnrollAsync(new FakeNode().Facts, "machine", Ct));

        Assert.Equal(1, _uses);
    }

    [Fact]
    public async Task An_answer_that_does_not_fit_the_key_is_refused()
    {
        _answerNode = "node-b";

        HubException e = await Assert.ThrowsAsync<HubException>(() => Enrol().EnrollAsync(new FakeNode().Facts, "machine", Ct));

        Assert.Contains("cannot be used", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_renewal_has_a_new_key_and_takes_the_place_of_the_old_one()
    {
        NodeIdentity first = await Enrol().EnrollAsync(new FakeNode().Facts, "machine", Ct);

        NodeIdentity next = await Enrol().RenewAsync(first, Ct);

        Assert.NotEqual(Convert.ToHexString(first.Tls.Certificate.GetPublicKey()), Convert.ToHexString(next.Tls.Certificate.GetPublicKey()));
        Assert.Equal(next.Tls.Certificate.Thumbprint, Enrol().Load()?.Tls.Certificate.Thumbprint);
        Assert.False(File.Exists(Path.Combine(_folder, "key-next.pem")));
    }

    [Fact]
    public async Task A_power_cut_between_certificate_and_key_of_a_renewal_loses_nothing()
    {
        NodeIdentity first = await Enrol().EnrollAsync(new FakeNode().Facts, "machine", Ct);
        string oldKey = await File.ReadAllTextAsync(Path.Combine(_folder, "key.pem"), Ct);
        NodeIdentity next = await Enrol().RenewAsync(first, Ct);
        File.Move(Path.Combine(_folder, "key.pem"), Path.Combine(_folder, "key-next.pem"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "key.pem"), oldKey, Ct);

        Assert.Equal(next.Tls.Certificate.Thumbprint, Enrol().Load()?.Tls.Certificate.Thumbprint);
    }

    [Fact]
    public async Task At_two_thirds_of_its_life_the_certificate_is_renewed_and_until_that_succeeds_the_node_stays_with_the_old_one()
    {
        ManualTime clock = new();
        clock.Advance(DateTimeOffset.UtcNow - clock.GetUtcNow());
        (_clock, _failures) = (clock, 2);
        FakeLinks links = new();
        AgentSettings settings = Settings() with { StateFolder = Path.Combine(_folder, "state"), DataFolder = Path.Combine(_folder, "data") };
        HubClient hub = new(settings.Hub, settings.HubCa, clock);
        AgentParts parts = new()
        {
            Settings = settings,
            Node = new FakeNode(),
            Links = links,
            Hub = hub,
            Enrollment = new Enrollment(settings, new IdentityStore(settings.StateFolder, NullLogger<IdentityStore>.Instance), hub, NullLogger<Enrollment>.Instance),
            Vetoes = new Vetoes(settings.Vetoes, new ProcFiles(_folder)),
            Measure = (_, queue) => new Measurement(new Telemetry { Time = clock.GetUtcNow(), Queue = queue }, []),
            MachineId = "0123456789abcdef",
            Version = "1",
            Time = clock,
            Chance = () => 0,
        };
        Directory.CreateDirectory(settings.DataFolder);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        using FleetAgent agent = await FleetAgent.StartAsync(parts, NullLoggerFactory.Instance, stop.Token);
        Task running = agent.RunAsync(stop.Token);
        await UntilAsync(() => links.Made.Count == 1, () => { });
        DateTimeOffset due = agent.State.Identity!.RenewAt, end = agent.State.Identity.NotAfter;

        // Two hours before it is due nothing happens, however often it is looked at.
        clock.Advance(due.AddHours(-2) - clock.GetUtcNow());
        for (int i = 0; i < 20; i++)
        {
            await Task.Delay(5, Ct);
            clock.Advance(TimeSpan.FromMinutes(5));
        }

        int early = _renewals;
        await UntilAsync(() => links.Made.Count >= 2 && links.Made.Last() != links.Made.First(), () => clock.Advance(TimeSpan.FromMinutes(5)));
        DateTimeOffset renewed = clock.GetUtcNow(), next = agent.State.Identity.NotAfter;
        await stop.CancelAsync();
        await Task.WhenAny(running);

        Assert.Equal((0, 3), (early, _renewals));
        Assert.InRange(renewed, due, end);
        Assert.True(next > end);
        Assert.All(links.Made.SkipLast(1), m => Assert.Equal(links.Made.First(), m));
        Assert.True(links.Made.Count >= 4, "it was connected with the old certificate between the tries");
    }

    public async ValueTask DisposeAsync()
    {
        await _hub!.DisposeAsync();
        _fleet.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<byte[]> BodyAsync(HttpContext context)
    {
        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body);
        return body.ToArray();
    }

    private Task AnswerAsync(HttpContext context, string csr) => context.Response.WriteAsync(System.Text.Json.JsonSerializer.Serialize(
        new EnrollResponse
        {
            Node = _answerNode ?? "node-a",
            Certificate = _fleet.Sign(csr, _clock.GetUtcNow()),
            Ca = _fleet.CaPem,
            Brokers = ["mqtts://localhost:8883"],
            Time = DateTimeOffset.UtcNow,
        },
        FleetJson.Default.EnrollResponse));

    private static async Task UntilAsync(Func<bool> condition, Action step)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            step();
            await Task.Delay(5, limit.Token);
        }
    }

    private AgentSettings Settings(string? ca = null)
    {
        string address = _hub!.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Uri hub = new UriBuilder(address) { Host = "localhost" }.Uri;
        return RunningAgent.Settings(_folder, "node-a", hub, ca ?? _fleet.CaPem) with { StateFolder = _folder };
    }

    private Enrollment Enrol(string? ca = null)
    {
        AgentSettings settings = Settings(ca);
        return new Enrollment(
            settings, new IdentityStore(_folder, NullLogger<IdentityStore>.Instance), new HubClient(settings.Hub, settings.HubCa, TimeProvider.System), NullLogger<Enrollment>.Instance);
    }
}
