using System.Threading.Channels;
using Grpc.Core;
using Talos.Api.Ota;
using Talos.Machined.Updates;
using Talos.Ota.Engine;

namespace Talos.Machined.Api;

/// <summary>Tells a caller how far an install is: every new step, and a few times a second how many bytes.</summary>
/// <param name="responses">The caller.</param>
internal sealed class InstallProgress(IServerStreamWriter<InstallResponse> responses) : IProgress<UpdateProgress>
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Only the latest is of interest.</summary>
    private readonly Channel<UpdateProgress> _latest = Channel.CreateBounded<UpdateProgress>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    /// <inheritdoc/>
    public void Report(UpdateProgress value) => _latest.Writer.TryWrite(value);

    /// <summary>Starts an install and tells its progress until it has ended.</summary>
    public async Task<UpgradeResult> FollowAsync(Func<IProgress<UpdateProgress>, Task<UpgradeResult>> start, CancellationToken ct)
    {
        Task<UpgradeResult> installing = start(this);
        _ = installing.ContinueWith(_ => _latest.Writer.TryComplete(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        await foreach (UpdateProgress progress in _latest.Reader.ReadAllAsync(ct))
        {
            await responses.WriteAsync(UpdateApi.Translate(progress, progress.State), ct);
            await Task.WhenAny(installing, Task.Delay(Pause, ct));
        }

        return await installing;
    }
}
