using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent.Tests.Real;

/// <summary>A day without a broker, in a minute: the clock of the agent's process is 1440 times faster.</summary>
[Trait("Category", "Integration")]
public sealed class OutageTests : IAsyncLifetime
{
    private const int Speed = 1440;
    private const int Seconds = 60;
    private const int PerSecond = 8;

    private readonly string _folder = Directory.CreateTempSubdirectory("fleet-outage").FullName;
    private readonly TestFleet _fleet = new();
    private readonly Mosquitto _broker;
    private readonly FakeHub _hub;
    private readonly FakeMachined _machined = new();
    private readonly long _origin = DateTimeOffset.UtcNow.Ticks;
    private readonly string _settingsPath;
    private readonly AgentSettings _settings;
    private Process? _agent;
    private int _happened;

    public OutageTests()
    {
        _broker = new Mosquitto(_fleet, _folder);
        _hub = new FakeHub(_fleet, _broker.Port);
        _settingsPath = Path.Combine(_folder, "settings.json");
        _settings = RunningAgent.Settings(_folder, "node-a") with { Socket = Path.Combine(_folder, "machined", "machine.sock") };
        _fleet.Enrol(_settings.StateFolder, "node-a", _broker.Port);
        File.WriteAllBytes(_settingsPath, JsonSerializer.SerializeToUtf8Bytes(_settings, AgentSettingsJson.Default.AgentSettings));
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _machined.StartAsync(_settings.Socket, Ct);
        await _broker.StartAsync();
        await _hub.ConnectAsync();
    }

    [Fact]
    public async Task After_a_day_without_a_broker_with_kills_and_power_cuts_every_event_is_in_the_history_once_and_in_order()
    {
        StartAgent();
        Happen(20);
        await Until.TrueAsync("the first events", () => _hub.History.Count == 20);

        _broker.Kill();
        int cuts = 0;
        for (int second = 0; second < Seconds; second++)
        {
            Happen(PerSecond);
            await Task.Delay(500, Ct);
            if (second % 10 == 9)
            {
                KillAgent();
                TearQueue(cuts++);
                StartAgent();
            }

            await Task.Delay(500, Ct);
        }

        await _broker.StartAsync();
        await _hub.ConnectAsync();
        await Until.TrueAsync("the replay is on its way", () => _hub.History.Count > 100);

        // A killed broker forgets what it had said it has.
        _broker.Kill();
        KillAgent();
        StartAgent();
        await _broker.StartAsync();
        await _hub.ConnectAsync();
        await Until.TrueAsync("everything", () => _hub.History.Count >= _happened, seconds: 120);

        Assert.Equal(Enumerable.Range(0, _happened).Select(i => $"app: event {i}"), _hub.History.Select(e => e.Message));
        Assert.Equal(_hub.History.Select(e => e.Seq).Order(), _hub.History.Select(e => e.Seq));
        Assert.Single(_hub.Events.Keys.Select(k => k.Stream).Distinct());
        Assert.Empty(_hub.Problems);
        await Until.TrueAsync("telemetry of the day", () => _hub.Measurements.DistinctBy(m => m.Time).Count() >= 24);
        Telemetry last = _hub.Measurements.MaxBy(m => m.Time)!;
        Assert.Equal(0, last.Queue!.DroppedEvents);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{_happened} events over {(last.Time - _hub.Measurements.Min(m => m.Time)).TotalHours:F0} h, {cuts + 1} kills, {cuts} torn queues, 2 broker kills: all once, in order; {_hub.Measurements.Count} measurements");
    }

    public async ValueTask DisposeAsync()
    {
        KillAgent();
        await _hub.DisposeAsync();
        await _machined.DisposeAsync();
        _broker.Dispose();
        _fleet.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Happen(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _machined.Fail("app", $"event {_happened++}");
        }
    }

    private void StartAgent()
    {
        string host = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../Talos.Fleet.AgentHost/bin/Debug/net10.0/Talos.Fleet.AgentHost.dll"));
        _agent = Process.Start(new ProcessStartInfo(
            "dotnet", ["exec", host, _settingsPath, Speed.ToString(CultureInfo.InvariantCulture), _origin.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true })!;
        _agent.OutputDataReceived += (_, _) => { };
        _agent.BeginOutputReadLine();
    }

    private void KillAgent()
    {
        _agent?.Kill();
        _agent?.WaitForExit();
        _agent?.Dispose();
        _agent = null;
    }

    /// <summary>What a power cut in the middle of a write leaves: a part of a record, zeros, or rubbish behind the last one.</summary>
    private void TearQueue(int how)
    {
        string newest = Directory.GetFiles(Path.Combine(_settings.DataFolder, "events")).Order(StringComparer.Ordinal).Last();
        byte[] record = SegmentFormat.Record(1_000_000, "{\"kind\":\"torn\"}"u8);
        byte[] rest = (how % 3) switch { 0 => record[..(record.Length / 2)], 1 => new byte[40], _ => [.. Enumerable.Range(0, 50).Select(i => (byte)(i * 37))] };
        using FileStream file = new(newest, FileMode.Append);
        file.Write(rest);
    }
}
