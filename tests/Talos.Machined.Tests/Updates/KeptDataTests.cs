using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Talos.Api.Machine;
using Talos.Config;
using Talos.Machined.Api;
using Talos.Machined.Updates;
using Talos.Ota.Bundle;
using Talos.Ota.Engine;
using Talos.Ota.Slots;
using Talos.Rpc.Errors;
using Talos.Testing;
using InstallOptions = Talos.Api.Ota.InstallOptions;
using UpdateState = Talos.Ota.Engine.UpdateState;

namespace Talos.Machined.Tests.Updates;

/// <summary>Every way to an update, as the bytes on the wire: only the word <c>wipe</c> of our own call deletes data.</summary>
public sealed class KeptDataTests
{
    private const int Wipe = 7;

    private static readonly byte[] On = [1], Off = [0];

    private readonly FakeEngine _engine = new() { Status = new UpdateStatus { State = UpdateState.Idle, Running = SlotId.A } };
    private readonly TrialWipe _wipe = new(new MemoryStore());
    private readonly UpdateBoot _boot;
    private readonly Upgrader _upgrader;

    public KeptDataTests()
    {
        _boot = new UpdateBoot(_engine, () => SlotId.A, "v1.0.0", new ManualTime(), NullLogger<UpdateBoot>.Instance);
        _upgrader = new Upgrader(_engine, _boot, _wipe, new TrialTolerance(new MemoryStore(), () => []), () => { }, () => new UpdateConfiguration(), () => "actor");
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private bool WillWipe => _wipe.IsDue(new BootReport(SlotId.B, BootKind.Trial));

    /// <summary>What clients of any age may send: each field that is or may come to be, absent, false and true.</summary>
    public static TheoryData<string, int, bool?> Calls
    {
        get
        {
            TheoryData<string, int, bool?> rows = [];
            foreach (string call in (string[])["MachineService.Upgrade", "LifecycleService.Upgrade", "UpdateService.Install"])
            {
                rows.Add(call, 0, null);
                for (int number = 2; number <= 64; number++)
                {
                    rows.Add(call, number, false);
                    rows.Add(call, number, true);
                }
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Var_is_kept_whatever_a_client_says_but_wipe(string call, int field, bool? value)
    {
        await _boot.CheckAsync(Ct);
        _wipe.Ask(SlotId.A);
        byte[] bytes = value is { } set ? [.. Field(field, wire: 0), .. set ? On : Off] : [];

        // A text where the message has one is no flag: nothing to be asked.
        if (Parse(call, bytes) is not { } options)
        {
            return;
        }

        await _upgrader.InstallAsync(new StreamBundleSource(new MemoryStream([1, 2, 3])), options, null, Ct);

        Assert.Equal((call, field, value) is ("UpdateService.Install", Wipe, true), WillWipe);
    }

    [Fact]
    public void To_keep_and_to_wipe_at_once_is_refused() => Assert.Equal(
        "wipe: set together with preserve: set one of them",
        Assert.Throws<InvalidRequestException>(() => UpgradeRequests.Parse(new InstallOptions { Wipe = true, Preserve = true })).Message);

    [Fact]
    public async Task A_rollback_forgets_an_order_to_wipe()
    {
        await ArmWithWipeAsync();

        await _upgrader.RollBackAsync("by a test", Ct);

        Assert.False(WillWipe);
    }

    [Fact]
    public async Task An_update_that_is_cancelled_takes_its_order_to_wipe_along()
    {
        await ArmWithWipeAsync();

        Assert.True(await _upgrader.CancelAsync(Ct));

        Assert.False(WillWipe);
    }

    private static byte[] Field(int number, int wire)
    {
        using MemoryStream bytes = new();
        using (CodedOutputStream output = new(bytes, leaveOpen: true))
        {
            output.WriteTag(number, (WireFormat.WireType)wire);
        }

        return bytes.ToArray();
    }

    private static UpgradeOptions? Parse(string call, byte[] bytes)
    {
        try
        {
            return call switch
            {
                "MachineService.Upgrade" => UpgradeRequests.Parse(UpgradeRequest.Parser.ParseFrom(bytes)),
                "LifecycleService.Upgrade" => UpgradeRequests.Parse(LifecycleServiceUpgradeRequest.Parser.ParseFrom(bytes)),
                _ => UpgradeRequests.Parse(InstallOptions.Parser.ParseFrom(bytes)),
            };
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    private async Task ArmWithWipeAsync()
    {
        await _boot.CheckAsync(Ct);
        await _upgrader.InstallAsync(new StreamBundleSource(new MemoryStream([1])), new UpgradeOptions { Wipe = true }, null, Ct);
        Assert.True(WillWipe);
    }
}
