using Microsoft.Extensions.Logging.Abstractions;
using Talos.Config;
using Talos.Cosi;
using Talos.Machined.Configuration;
using Talos.Resources.Config;
using Talos.Rpc.Authorization;
using Talos.Testing;

namespace Talos.Machined.Tests.Configuration;

public sealed class ConfigurationServiceTests : IDisposable
{
    private readonly JumpingTimeProvider _time = new() { Restless = true };
    private readonly MemoryConfigFile _files = new();
    private readonly RecordedEvents _events = new();
    private readonly InMemoryState _state;
    private readonly ConfigurationService _service;

    public ConfigurationServiceTests()
    {
        _state = new InMemoryState(_time);
        _service = new ConfigurationService(
            new ConfigStore(_files), new ConfigPublisher(_state), _events, _time, NullLogger<ConfigurationService>.Instance);
        _service.LoadAsync(CancellationToken.None).GetAwaiter().GetResult();
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _service.Dispose();

    [Fact]
    public async Task Without_a_config_the_node_is_in_maintenance_until_one_is_applied()
    {
        Assert.Equal(ConfigSource.None, await _service.LoadAsync(Ct));
        Assert.Equal(Admission.Maintenance, _service.Admission);
        Assert.False(_service.MaintenanceEnds.IsCancellationRequested);
        Task waiting = _service.WaitUntilConfiguredAsync(Ct);

        ApplyOutcome outcome = await Apply(Texts.Complete("edge-01"), ApplyMode.Reboot);

        await waiting;
        Assert.Equal(ApplyMode.NoReboot, outcome.Mode);
        Assert.Equal(Admission.Members, _service.Admission);
        Assert.True(_service.MaintenanceEnds.IsCancellationRequested);
        Assert.Equal("edge-01", Hostname(MachineConfig.ActiveId));
        Assert.Equal("edge-01", Hostname(MachineConfig.PersistentId));
        Assert.Equal("controlplane", ((Resource<MachineType>)_state.Get(new("config", MachineType.Definition.Type, MachineType.Id))!).Spec.Type);
    }

    [Fact]
    public async Task An_apply_that_comes_before_STATE_is_mounted_waits_for_it()
    {
        using ConfigurationService starting = new(
            new ConfigStore(_files), new ConfigPublisher(new InMemoryState(_time)), _events, _time, NullLogger<ConfigurationService>.Instance);

        Task<ApplyOutcome> applying = starting.ApplyAsync(new ApplyOptions { Data = Texts.Bytes(Texts.Complete("edge-01")), Mode = ApplyMode.Auto }, Ct);
        Assert.False(applying.IsCompleted);
        Assert.Null(_files.Read(ConfigStore.CurrentName));
        await starting.LoadAsync(Ct);
        await applying;

        Assert.NotNull(_files.Read(ConfigStore.CurrentName));
    }

    [Fact]
    public async Task An_apply_gives_up_when_STATE_is_never_mounted_and_says_so()
    {
        using ConfigurationService starting = new(
            new ConfigStore(_files), new ConfigPublisher(new InMemoryState(_time)), _events, _time, NullLogger<ConfigurationService>.Instance);

        Task<ApplyOutcome> applying = starting.ApplyAsync(new ApplyOptions { Data = Texts.Bytes(Texts.Complete("edge-01")), Mode = ApplyMode.Auto }, Ct);
        _time.Advance(TimeSpan.FromMinutes(2));

        Assert.Contains("STATE was not mounted within 120 s", (await Assert.ThrowsAsync<IOException>(() => applying)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stored_config_is_loaded_and_published()
    {
        new ConfigStore(_files).Save(Texts.Complete("edge-01"));

        Assert.Equal(ConfigSource.Current, await _service.LoadAsync(Ct));

        await _service.WaitUntilConfiguredAsync(Ct);
        Assert.Equal("edge-01", Hostname(MachineConfig.ActiveId));
        Assert.Empty(_events.LoadErrors);
    }

    [Fact]
    public async Task A_broken_stored_config_is_told_and_the_last_good_one_loaded()
    {
        ConfigStore store = new(_files);
        store.Save(Texts.Complete("edge-01"));
        store.Save(Texts.Complete("edge-02"));
        _files.Content[ConfigStore.CurrentName][^3] ^= 0x20;

        Assert.Equal(ConfigSource.LastGood, await _service.LoadAsync(Ct));

        Assert.Equal("edge-01", Hostname(MachineConfig.ActiveId));
        Assert.Contains("checksum", Assert.Single(_events.LoadErrors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Until_STATE_was_read_the_node_is_closed_and_says_nothing_of_its_config()
    {
        InMemoryState state = new(_time);
        using ConfigurationService starting = new(
            new ConfigStore(_files), new ConfigPublisher(state), _events, _time, NullLogger<ConfigurationService>.Instance);
        Assert.Equal(Admission.Closed, starting.Admission);
        Assert.Empty(state.List("config", ConfigStatus.Definition.Type));

        await starting.LoadAsync(Ct);

        Assert.Equal(Admission.Maintenance, starting.Admission);
        Assert.True(((Resource<ConfigStatus>)Assert.Single(state.List("config", ConfigStatus.Definition.Type))).Spec.Maintenance);
    }

    [Fact]
    public async Task A_node_whose_config_cannot_be_used_is_not_given_to_the_first_who_asks()
    {
        _files.Content[ConfigStore.CurrentName] = "not ours"u8.ToArray();
        using ConfigurationService starting = new(
            new ConfigStore(_files), new ConfigPublisher(_state), _events, _time, NullLogger<ConfigurationService>.Instance);

        Assert.Equal(ConfigSource.Damaged, await starting.LoadAsync(Ct));

        Assert.Equal(Admission.Members, starting.Admission);
        ConfigStatus told = ((Resource<ConfigStatus>)Assert.Single(_state.List("config", ConfigStatus.Definition.Type))).Spec;
        Assert.Equal((false, true), (told.Maintenance, told.Damaged));
        await Assert.ThrowsAsync<ApplyInProgressException>(() => starting.ApplyAsync(
            new ApplyOptions { Data = Texts.Bytes(Texts.Complete("stranger")), OnlyInMaintenance = true }, Ct));
        await starting.ApplyAsync(new ApplyOptions { Data = Texts.Bytes(Texts.Complete("owner")) }, Ct);
        Assert.Equal("owner", Hostname(MachineConfig.ActiveId));
    }

    [Fact]
    public async Task A_refused_config_changes_nothing()
    {
        await Apply(Texts.Complete("edge-01"), ApplyMode.Auto);

        ConfigException error = await Assert.ThrowsAsync<ConfigException>(() => Apply("version: v1alpha1\nmachine: {tpye: worker}", ApplyMode.Auto));

        Assert.Contains("machine.tpye, line 2: unknown field; did you mean 'type'?", error.Message, StringComparison.Ordinal);
        Assert.Equal("edge-01", Hostname(MachineConfig.ActiveId));
        Assert.Equal("edge-01", Hostname(MachineConfig.PersistentId));
        Assert.Single(_events.ValidationErrors);
    }

    [Theory]
    [InlineData("Auto", "", "NoReboot", false)]
    [InlineData("NoReboot", "", "NoReboot", false)]
    [InlineData("Auto", "  env: {A: b}", "Reboot", true)]
    [InlineData("Reboot", "", "Reboot", true)]
    [InlineData("Staged", "  env: {A: b}", "Staged", false)]
    public async Task The_mode_used_depends_on_the_change(string asked, string more, string used, bool reboot)
    {
        await Apply(Texts.Complete("edge-01"), ApplyMode.Auto);

        ApplyOutcome outcome = await Apply(Texts.Complete("edge-02", more), Enum.Parse<ApplyMode>(asked));

        Assert.Equal(used, outcome.Mode.ToString());
        Assert.Equal(reboot, outcome.RebootNeeded);
        Assert.Equal("edge-02", Hostname(MachineConfig.PersistentId));
        Assert.Equal(used == "NoReboot" ? "edge-02" : "edge-01", Hostname(MachineConfig.ActiveId));
    }

    [Theory]
    [InlineData("NoReboot")]
    [InlineData("Try")]
    public async Task A_change_that_needs_a_reboot_is_refused_where_none_may_happen(string mode)
    {
        await Apply(Texts.Complete("edge-01"), ApplyMode.Auto);

        ConfigException error = await Assert.ThrowsAsync<ConfigException>(() => Apply(Texts.Complete("edge-01", "  env: {A: b}"), Enum.Parse<ApplyMode>(mode)));

        Assert.Equal("machine.env", Assert.Single(error.Problems).Path);
    }

    [Fact]
    public async Task A_tried_config_is_taken_back_when_its_time_is_over()
    {
        await Apply(Texts.Complete("edge-01"), ApplyMode.Auto);

        await _service.ApplyAsync(
            new ApplyOptions { Data = Texts.Bytes(Texts.Complete("edge-02")), Mode = ApplyMode.Try, TryTimeout = TimeSpan.FromSeconds(30) }, Ct);
        Assert.Equal("edge-02", Hostname(MachineConfig.ActiveId));
        Assert.Equal("edge-01", Hostname(MachineConfig.PersistentId));
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal("edge-02", Hostname(MachineConfig.ActiveId));

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("edge-01", Hostname(MachineConfig.ActiveId));
    }

    [Fact]
    public async Task An_apply_ends_the_trial_before_it()
    {
        await Apply(Texts.Complete("edge-01"), ApplyMode.Auto);
        await Apply(Texts.Complete("edge-02"), ApplyMode.Try);

        await Apply(Texts.Complete("edge-02"), ApplyMode.NoReboot);
        _time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal("edge-02", Hostname(MachineConfig.ActiveId));
        Assert.Equal("edge-02", Hostname(MachineConfig.PersistentId));
    }

    [Fact]
    public async Task A_dry_run_tells_the_difference_and_changes_nothing()
    {
        await Apply(Texts.Complete("edge-01"), ApplyMode.Auto);

        ApplyOutcome outcome = await _service.ApplyAsync(
            new ApplyOptions { Data = Texts.Bytes(Texts.Complete("edge-02")), DryRun = true }, Ct);

        Assert.Contains("-        hostname: edge-01\n+        hostname: edge-02\n", outcome.Details, StringComparison.Ordinal);
        Assert.Equal("edge-01", Hostname(MachineConfig.PersistentId));
    }

    [Fact]
    public async Task A_write_that_fails_leaves_the_old_config_in_effect()
    {
        await Apply(Texts.Complete("edge-01"), ApplyMode.Auto);
        _files.WritesLeft = 1;

        await Assert.ThrowsAsync<IOException>(() => Apply(Texts.Complete("edge-02"), ApplyMode.Auto));

        Assert.Equal("edge-01", Hostname(MachineConfig.ActiveId));
        Assert.Equal("edge-01", Hostname(MachineConfig.PersistentId));
        Assert.Equal("edge-01", new ConfigStore(_files).Load().Configuration?.Network.Hostname);
    }

    [Fact]
    public async Task Who_may_bring_a_first_config_only_cannot_bring_a_second()
    {
        ApplyOptions first = new() { Data = Texts.Bytes(Texts.Complete("edge-01")), OnlyInMaintenance = true };
        await _service.ApplyAsync(first, Ct);

        await Assert.ThrowsAsync<ApplyInProgressException>(
            () => _service.ApplyAsync(first with { Data = Texts.Bytes(Texts.Complete("edge-02")) }, Ct));

        Assert.Equal("edge-01", Hostname(MachineConfig.ActiveId));
    }

    [Fact]
    public async Task A_configured_node_does_not_go_back_to_maintenance()
    {
        await Apply(Texts.Complete("edge-01"), ApplyMode.Auto);

        ConfigException error = await Assert.ThrowsAsync<ConfigException>(() => Apply(Texts.Hostname("edge-02"), ApplyMode.Auto));

        Assert.Equal("machine.type", Assert.Single(error.Problems).Path);
    }

    private async Task<ApplyOutcome> Apply(string yaml, ApplyMode mode) =>
        await _service.ApplyAsync(new ApplyOptions { Data = Texts.Bytes(yaml), Mode = mode }, Ct);

    private string? Hostname(string id) =>
        _state.Get(new("config", MachineConfig.Definition.Type, id)) is Resource<MachineConfig> resource
            ? ConfigReader.Parsed(resource.Spec.Yaml).Network.Hostname
            : null;

    private sealed class RecordedEvents : IConfigurationEvents
    {
        public List<string> LoadErrors { get; } = [];

        public List<string> ValidationErrors { get; } = [];

        public void LoadFailed(string error) => LoadErrors.Add(error);

        public void ValidationFailed(string error) => ValidationErrors.Add(error);
    }
}
