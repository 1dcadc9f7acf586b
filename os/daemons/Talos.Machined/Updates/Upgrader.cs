using Talos.Config;
using Talos.Ota.Bundle;
using Talos.Ota.Engine;
using Talos.Ota.Engine.Sources;

namespace Talos.Machined.Updates;

/// <summary>How the node takes an update. What is not asked for is not done: an update keeps <c>/var</c>.</summary>
internal sealed record UpgradeOptions
{
    /// <summary>Wipe <c>/var</c> when the new slot starts for the first time.</summary>
    public bool Wipe { get; init; }

    /// <summary>Take a version that failed on this node before.</summary>
    public bool Force { get; init; }

    /// <summary>Restart into the new slot.</summary>
    public bool Reboot { get; init; }

    /// <summary>Take this bundle only; empty for any.</summary>
    public string BundleId { get; init; } = "";

    /// <summary>Further authorities of the server it is on, PEM.</summary>
    public string AuthoritiesPem { get; init; } = "";
}

/// <summary>What became of an update.</summary>
/// <param name="Installed">What the engine did.</param>
/// <param name="ActorId">Id under which the restart can be followed; null when none was asked for.</param>
internal sealed record UpgradeResult(InstallResult Installed, string? ActorId);

/// <summary>Takes updates from where a reference says, or from a client, and sees to what follows.</summary>
/// <param name="engine">The update engine.</param>
/// <param name="boot">What this boot is.</param>
/// <param name="wipe">The wipe of the first start.</param>
/// <param name="tolerance">What the trial is not blamed for.</param>
/// <param name="settle">Says that nobody goes back to an older version than the running one any more.</param>
/// <param name="config">What the machine config says of updates.</param>
/// <param name="restart">Brings the node down in order and restarts it; gives the id to follow it.</param>
internal sealed class Upgrader(
    IUpdateEngine engine, UpdateBoot boot, TrialWipe wipe, TrialTolerance tolerance, Action settle, Func<UpdateConfiguration> config, Func<string> restart)
{
    private const string StickFolder = "/run/update-source";

    /// <summary>Opens a bundle that lies somewhere else; the caller disposes it.</summary>
    /// <exception cref="SourceException">It is not there.</exception>
    public Task<IPayloadSource> OpenAsync(string reference, CancellationToken ct) => OpenAsync(reference, "", ct);

    private Task<IPayloadSource> OpenAsync(string reference, string authorities, CancellationToken ct)
    {
        UpdateConfiguration settings = config();
        HttpSourceOptions http = new()
        {
            Proxy = settings.Proxy,
            AuthoritiesPem = authorities,
            BytesPerSecond = settings.BytesPerSecond > 0 ? settings.BytesPerSecond : null,
        };
        return new PayloadSources(http, new LinuxRemovableVolumes(StickFolder)).OpenAsync(SourceReference.Parse(reference), ct);
    }

    /// <summary>What a bundle is called and holds, without asking who signed it: that is asked before it is installed.</summary>
    public async Task<BundleManifest> ReadManifestAsync(string reference, CancellationToken ct)
    {
        await using IPayloadSource source = await OpenAsync(reference, ct);
        using BundleReader bundle = await BundleReader.OpenUnverifiedAsync(source, ct);
        return bundle.Manifest;
    }

    /// <summary>Installs a bundle from where a reference says.</summary>
    public async Task<UpgradeResult> InstallAsync(string reference, UpgradeOptions options, IProgress<UpdateProgress>? progress, CancellationToken ct)
    {
        await using IPayloadSource source = await OpenAsync(reference, options.AuthoritiesPem, ct);
        return await InstallAsync(source, options, progress, ct);
    }

    /// <summary>Installs a bundle and restarts into it when that is wanted.</summary>
    /// <exception cref="UpdateException">The node cannot take updates in this boot, or not now.</exception>
    /// <exception cref="BundleException">The bundle is refused or broken.</exception>
    public async Task<UpgradeResult> InstallAsync(IBundleSource source, UpgradeOptions options, IProgress<UpdateProgress>? progress, CancellationToken ct)
    {
        boot.Require();
        InstallOptions install = new()
        {
            Force = options.Force,
            BundleId = options.BundleId,

            // A power cut right after the trial was armed must find the wish of this update, not of one before.
            BeforeArming = () =>
            {
                wipe.Ask(options.Wipe ? engine.Status.Running : null);
                tolerance.Note();
                settle();
            },
        };
        InstallResult installed = await engine.InstallAsync(source, install, progress, ct);
        ct.ThrowIfCancellationRequested();
        return new UpgradeResult(installed, options.Reboot ? restart() : null);
    }

    /// <summary>Goes back to the other slot with the next start, which follows at once.</summary>
    /// <returns>Id under which the restart can be followed.</returns>
    public async Task<string> RollBackAsync(string reason, CancellationToken ct)
    {
        boot.Require();
        await engine.RollBackAsync(reason, ct);

        // The slot that starts next is not the one the wipe was asked for.
        wipe.Forget();
        return restart();
    }

    /// <summary>Stops an install that is under way, or takes a pending trial back; what was asked of its first start is forgotten.</summary>
    /// <returns>False when there was nothing to stop.</returns>
    public async Task<bool> CancelAsync(CancellationToken ct)
    {
        boot.Require();
        bool stopped = await engine.CancelAsync(ct);
        if (stopped)
        {
            wipe.Forget();
        }

        return stopped;
    }
}
