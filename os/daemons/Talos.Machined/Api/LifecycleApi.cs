using Grpc.Core;
using Talos.Api.Machine;
using Talos.Machined.Updates;
using Talos.Ota.Bundle;
using Talos.Ota.Engine;
using Talos.Ota.Engine.Sources;
using Talos.Rpc.Errors;

namespace Talos.Machined.Api;

/// <summary>The update as the field's clients ask for it: the image is a reference to a bundle, <c>/var</c> is kept, and the client restarts the node.</summary>
internal sealed class LifecycleApi(Upgrader upgrader) : LifecycleService.LifecycleServiceBase
{
    /// <summary>An update that fails ends with exit code 1 after its message, as these clients expect.</summary>
    public override async Task Upgrade(
        LifecycleServiceUpgradeRequest request, IServerStreamWriter<LifecycleServiceUpgradeResponse> responseStream, ServerCallContext context)
    {
        string reference = request.Source?.ImageName ?? "";
        if (reference.Length == 0)
        {
            throw new InvalidRequestException("source.image_name", "a reference to a bundle is wanted");
        }

        CancellationToken ct = context.CancellationToken;
        LastStep step = new();
        Task<UpgradeResult> upgrade = Task.Run(
            () => upgrader.InstallAsync(reference, UpgradeRequests.Parse(request), step, CancellationToken.None), ct);
        string told = "";
        while (!upgrade.IsCompleted)
        {
            await Task.WhenAny(upgrade, Task.Delay(TimeSpan.FromMilliseconds(500), ct));
            if (step.Text is { } text && text != told)
            {
                told = text;
                await responseStream.WriteAsync(Message(text), ct);
            }
        }

        int exitCode = 0;
        try
        {
            UpgradeResult done = await upgrade;
            await responseStream.WriteAsync(Message($"{done.Installed.Version} is installed; it starts with the next restart"), ct);
        }
        catch (Exception e) when (UpdateErrors.IsExpected(e) || e is BundleException or SourceException)
        {
            exitCode = 1;
            await responseStream.WriteAsync(Message(e.InnerException is null ? e.Message : $"{e.Message}: {e.InnerException.Message}"), ct);
        }

        await responseStream.WriteAsync(
            new LifecycleServiceUpgradeResponse { Progress = new LifecycleServiceInstallProgress { ExitCode = exitCode } }, ct);
    }

    private static LifecycleServiceUpgradeResponse Message(string text) =>
        new() { Progress = new LifecycleServiceInstallProgress { Message = text } };

    /// <summary>The latest step in words; tens of percent, so that a log of lines stays short.</summary>
    private sealed class LastStep : IProgress<UpdateProgress>
    {
        public string? Text { get; private set; }

        public void Report(UpdateProgress value) => Text = value.TotalBytes > 0
            ? $"{value.State.ToString().ToLowerInvariant()} {value.Part}: {value.DoneBytes * 10 / value.TotalBytes * 10} %"
            : value.State.ToString().ToLowerInvariant();
    }
}
