using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Talos.Fleet.Hub.Orders;
using Talos.Fleet.Hub.Store;

namespace Talos.Fleet.Hub.Tests;

/// <summary>Webhooks with a listener that really listens.</summary>
[Trait("Category", "Integration")]
public sealed class WebhookTests : IAsyncLifetime
{
    private readonly TestHub _hub = new();
    private readonly HookListener _listener = new();
    private readonly LeapingTime _time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _listener.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        _hub.Dispose();
    }

    [Fact]
    public async Task A_message_is_signed_and_comes_after_errors_and_broken_connections_as_the_same_bytes()
    {
        _listener.Answer = (_, attempt) => attempt switch { 1 => 500, 2 => HookListener.Broken, _ => 204 };

        await RunAsync([_listener.Url("/hook")], ["r-1"], () => _hub.Metrics.WebhooksSent.Value == 1);

        string file = Path.Combine(_hub.Options.Data, "webhook.key"), key = (await File.ReadAllTextAsync(file, Token)).Trim();
        Assert.Equal(64, key.Length);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(3, _listener.Posts.Count);
        Assert.Single(_listener.Posts.Select(p => p.Body).Distinct());
        Assert.All(_listener.Posts, p => Assert.Equal($"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.ASCII.GetBytes(key), Encoding.UTF8.GetBytes(p.Body)))}", p.Signature));
        JsonNode body = JsonNode.Parse(_listener.Posts.First().Body)!;
        Assert.Equal(("rollout", "r-1", "Stopped: 5 nodes failed", "hub-1"), ((string)body["kind"]!, (string)body["subject"]!, (string)body["text"]!, (string)body["hub"]!));
        Assert.All(_listener.Posts, p => Assert.Equal((string)body["id"]!, p.Id));
        Assert.Equal(0, await WaitingAsync());
    }

    [Theory]
    [InlineData(400)]
    [InlineData(302)]
    public async Task A_message_that_is_refused_is_given_up_after_five_attempts_and_the_next_one_comes(int status)
    {
        _listener.Answer = (_, attempt) => attempt <= 5 ? status : 200;

        await RunAsync([_listener.Url("/hook")], ["first", "second"], () => _hub.Metrics.WebhooksSent.Value == 1);

        Assert.Equal(["first", "first", "first", "first", "first", "second"], _listener.Subjects);
        Assert.Equal((1, 0), (_hub.Metrics.WebhooksDropped.Value, await WaitingAsync()));
    }

    [Fact]
    public async Task A_listener_that_is_down_is_tried_for_a_day_with_longer_and_longer_pauses()
    {
        DateTimeOffset begun = _time.GetUtcNow();
        List<DateTimeOffset> attempts = [];
        _listener.Answer = (_, _) =>
        {
            attempts.Add(_time.GetUtcNow());
            return _time.GetUtcNow() - begun < Webhooks.Patience ? 503 : 200;
        };

        await RunAsync([_listener.Url("/hook")], ["first", "second"], () => _hub.Metrics.WebhooksSent.Value == 2);

        Assert.Equal(["first", "second"], _listener.Subjects.Distinct());
        Assert.InRange(attempts.Count, 90, 130);
        List<TimeSpan> pauses = [.. attempts.Skip(1).Zip(attempts, (next, last) => next - last).SkipLast(1)];
        Assert.Equal([2, 4, 8, 16], pauses.Take(4).Select(p => Math.Round(p.TotalSeconds)));
        Assert.Equal(pauses.Order(), pauses);
        Assert.InRange(pauses[^1], TimeSpan.FromMinutes(14.9), TimeSpan.FromMinutes(15.1));
    }

    [Fact]
    public async Task A_message_is_given_up_after_a_day()
    {
        DateTimeOffset begun = _time.GetUtcNow();
        _listener.Answer = (_, _) => 503;

        await RunAsync([_listener.Url("/hook")], ["first"], () => _hub.Metrics.WebhooksDropped.Value == 1);

        Assert.Equal((0, 0), (_hub.Metrics.WebhooksSent.Value, await WaitingAsync()));
        Assert.InRange(_time.GetUtcNow() - begun, Webhooks.Patience, Webhooks.Patience + TimeSpan.FromMinutes(16));
    }

    [Fact]
    public async Task A_listener_that_does_not_answer_or_is_not_there_holds_up_no_other()
    {
        using ManualResetEventSlim held = new();
        _listener.Answer = (path, _) =>
        {
            if (path == "/slow")
            {
                held.Wait(TimeSpan.FromSeconds(20));
            }

            return 200;
        };

        await RunAsync([_listener.Url("/slow"), $"http://127.0.0.1:{RunningHub.FreePort()}/", _listener.Url("/quick")], ["first", "second"], () => _listener.Posts.Count(p => p.Path == "/quick") == 2, TimeProvider.System);

        Assert.Single(_listener.Posts, p => p.Path == "/slow");
        held.Set();
    }

    [Fact]
    public async Task A_fact_that_is_taken_back_is_not_told_and_one_that_is_kept_waits_for_the_hub_that_leads()
    {
        using Leader leader = new(_hub.Store, _hub.Options, TimeProvider.System, NullLogger<Leader>.Instance);
        using Webhooks hooks = Hooks(leader, [_listener.Url("/hook")], TimeProvider.System);
        await Assert.ThrowsAsync<InvalidOperationException>(() => _hub.Store.WriteAsync(
            s =>
            {
                hooks.Queue(s, "rollout", "lost", "x");
                throw new InvalidOperationException();
            },
            Token));
        await hooks.StartAsync(Token);
        await QueueAsync(hooks, "kept");
        bool early = await _listener.Posted.WaitAsync(TimeSpan.FromMilliseconds(300), Token);

        await leader.StartAsync(Token);
        await RunningHub.UntilAsync(() => Task.FromResult(_hub.Metrics.WebhooksSent.Value == 1));
        await hooks.StopAsync(Token);
        await leader.StopAsync(Token);

        Assert.False(early);
        Assert.Equal(["kept"], _listener.Subjects);
    }

    [Fact]
    public async Task The_oldest_are_dropped_when_too_many_wait_and_that_is_counted()
    {
        using Leader leader = new(_hub.Store, _hub.Options, TimeProvider.System, NullLogger<Leader>.Instance);
        using Webhooks hooks = Hooks(leader, ["http://127.0.0.1:1/"], TimeProvider.System);

        await QueueAsync(hooks, [.. Enumerable.Range(0, WebhookStore.Limit + 3).Select(i => $"m-{i}")]);

        WaitingWebhook oldest = (await _hub.Store.ReadAsync(s => WebhookStore.First(s, "http://127.0.0.1:1/"), Token))!;
        Assert.Equal("m-3", (string)JsonNode.Parse(oldest.Body)!["subject"]!);
        Assert.Equal((WebhookStore.Limit, 3), (await WaitingAsync(), _hub.Metrics.WebhooksDropped.Value));
    }

    [Fact]
    public void A_listener_that_is_no_URL_is_refused_at_the_start()
    {
        IConfiguration settings = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("webhooks", (string?)"https://good/x,hooks.example")]).Build();

        Assert.Equal("--webhooks: hooks.example is no http or https URL", Assert.Throws<HubSetupException>(() => HubOptions.From(settings)).Message);
    }

    private Task<long> WaitingAsync() => _hub.Store.ReadAsync(WebhookStore.Waiting, Token);

    private Webhooks Hooks(Leader leader, string[] urls, TimeProvider time) => new(_hub.Options with { Webhooks = urls }, _hub.Store, leader, _hub.Metrics, time, NullLogger<Webhooks>.Instance);

    private async Task QueueAsync(Webhooks hooks, params string[] subjects) =>
        hooks.Wake(await _hub.Store.WriteAsync(s => subjects.Sum(subject => hooks.Queue(s, "rollout", subject, "Stopped: 5 nodes failed")), Token));

    private async Task RunAsync(string[] urls, string[] subjects, Func<bool> until, TimeProvider? time = null)
    {
        using Leader leader = new(_hub.Store, _hub.Options, TimeProvider.System, NullLogger<Leader>.Instance);
        await leader.StartAsync(Token);
        using Webhooks hooks = Hooks(leader, urls, time ?? _time);
        await QueueAsync(hooks, subjects);
        await hooks.StartAsync(Token);
        await RunningHub.UntilAsync(async () => until() && (time is not null || await WaitingAsync() == 0));
        await hooks.StopAsync(Token);
        await leader.StopAsync(Token);
    }

    /// <summary>A clock that goes on by a pause at once instead of waiting for it.</summary>
    private sealed class LeapingTime : TimeProvider
    {
        private long _ticks = new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero).UtcTicks;

        public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime == Timeout.InfiniteTimeSpan)
            {
                return base.CreateTimer(callback, state, dueTime, period);
            }

            Interlocked.Add(ref _ticks, dueTime.Ticks);
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
