using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent.Tests.Real;

/// <summary>A day without a broker, in a minute: the clock of the agent's process is 1440 times faster.</summary>
[Trait("Category", "Integration")]
public sealed class OutageTests : MosquittoTest
{
    private const int Speed = 1440;
    private const int Seconds = 60;
    private const int PerSecond = 8;

    private readonly FakeMachined _machined = new();
    private readonly long _origin = DateTimeOffset.UtcNow.Ticks;
    private readonly string _settingsPath;
    private readonly AgentSettings _settings;
    private Process? _agent;
    private int _happened;

    public OutageTests()
        : base("fleet-outage")
    {
        _settingsPath = Path.Combine(Folder, "settings.json");
        _settings = RunningAgent.Settings(Folder, "node-a") with { Socket = Path.Combine(Folder, "machined", "machine.sock") };
        Fleet.Enrol(_settings.StateFolder, "node-a", Broker.Port);
        File.WriteAllBytes(_settingsPath, JsonSerializer.SerializeToUtf8Bytes(_settings, AgentSettingsJson.Default.AgentSettings));
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public override async ValueTask InitializeAsync()
    {
        await _machined.StartAsync(_settings.Socket, Ct);
        await base.InitializeAsync();
    }

    [Fact]
    public async Task After_a_day_without_a_broker_with_kills_and_power_cuts_every_event_is_in_the_history_once_and_in_order()
    {
        StartAgent();
        Happen(20);
        await Until.TrueAsync("the first events", () => Hub.History.Count == 20);

        Broker.Kill();
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

        await Broker.StartAsync();
        await Hub.ConnectAsync();
        await Until.TrueAsync("the replay is on its way", () => Hub.History.Count > 100);

        // A killed broker forgets what it had said it has.
        Broker.Kill();
        KillAgent();
        StartAgent();
        await Broker.StartAsync();
        await Hub.ConnectAsync();
        await Until.TrueAsync("everything", () => Hub.History.Count >= _happened, seconds: 120);

        Assert.Equal(Enumerable.Range(0, _happened).Select(i => $"app: event {i}"), Hub.History.Select(e => e.Message));
        Assert.Equal(Hub.History.Select(e => e.Seq).Order(), Hub.History.Select(e => e.Seq));
        Assert.Single(Hub.Events.Keys.Select(k => k.Stream).Distinct());
        Assert.Empty(Hub.Problems);
        await Until.TrueAsync("telemetry of the day", () => Hub.Measurements.DistinctBy(m => m.Time).Count() >= 24);
        Telemetry last = Hub.Measurements.MaxBy(m => m.Time)!;
        Assert.Equal(0, last.Queue!.DroppedEvents);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{_happened} events over {(last.Time - Hub.Measurements.Min(m => m.Time)).TotalHours:F0} h, {cuts + 1} kills, {cuts} torn queues, 2 broker kills: all once, in order; {Hub.Measurements.Count} measurements");
    }

    public override async ValueTask DisposeAsync()
    {
        KillAgent();
        await _machined.DisposeAsync();
        await base.DisposeAsync();
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
            "dotnet", ["exec", host, _settingsPath, Speed.ToString(CultureInfo.InvariantCulture), _origin.ToString(CultureInfo.InvariantCulture)])
        { RedirectStandardOutput = true })!;
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
