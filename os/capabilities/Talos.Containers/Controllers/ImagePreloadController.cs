using Grpc.Core;
using Microsoft.Extensions.Logging;
using Talos.Containers.Images;
using Talos.Containers.Ports;
using Talos.Cosi;
using Talos.Resources.Cri;
using Talos.Resources.Runtime;

namespace Talos.Containers.Controllers;

/// <summary>Brings the images that came with the root file system into containerd, and brings them back when one was removed.</summary>
internal sealed partial class ImagePreloadController(
    IRuntimeFiles files, ImageImporter importer, TimeProvider time, ILogger<ImagePreloadController> log) : IController
{
    /// <summary>Time after which the store is compared with the archives again.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    private long? _looked;

    public string Name => "containers.ImagePreloadController";

    public IReadOnlyList<ControllerInput> Inputs { get; } = [ControllerInput.Weak<ServiceStatus>()];

    public IReadOnlyList<ControllerOutput> Outputs { get; } =
        [ControllerOutput.Exclusive<ImagePreloadStatus>(), ControllerOutput.Exclusive<PreloadedArchiveStatus>()];

    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        if (context.Find<ServiceStatus>(ContainerPaths.Service)?.Spec is not { Running: true, Healthy: true })
        {
            return;
        }

        if (_looked is { } looked && Interval - time.GetElapsedTime(looked) is { Ticks: > 0 } due)
        {
            context.RequeueAfter(due);
            return;
        }

        IReadOnlyList<string> archives = files.Archives();
        int images = 0;
        int failed = 0;
        foreach (string path in archives)
        {
            PreloadedArchiveStatus status = await ImportAsync(path, ct);
            images += status.Images.Count;
            failed += status.Problem.Length > 0 ? 1 : 0;
            await context.WriteAsync(Path.GetFileName(path), status, ct);
        }

        await context.KeepOnlyAsync<PreloadedArchiveStatus>([.. archives.Select(a => Path.GetFileName(a))], ct);
        await context.WriteAsync(
            ImagePreloadStatus.Id, new ImagePreloadStatus { Finished = true, Images = images, FailedArchives = failed }, ct);
        _looked = time.GetTimestamp();
        context.RequeueAfter(Interval);
    }

    private async Task<PreloadedArchiveStatus> ImportAsync(string path, CancellationToken ct)
    {
        try
        {
            IReadOnlyList<ImportedImage> imported = await importer.ImportAsync(path, ct);
            foreach (ImportedImage image in imported.Where(i => i.Changed))
            {
                LogImported(image.Name, image.Digest);
            }

            return new PreloadedArchiveStatus
            {
                Images = imported.Select(i => i.Name).ToValueList(),
                SizeBytes = imported.Sum(i => i.Size),
            };
        }
        catch (ContainersException e)
        {
            return Refused(path, e.InnerException is { } cause ? $"{e.Message}: {cause.Message}" : e.Message);
        }
        catch (IOException e)
        {
            return Refused(path, e.Message);
        }
        catch (RpcException e) when (e.StatusCode is not (StatusCode.Unavailable or StatusCode.Cancelled or StatusCode.DeadlineExceeded))
        {
            return Refused(path, $"containerd refused it: {e.Status.Detail}");
        }
    }

    private PreloadedArchiveStatus Refused(string path, string problem)
    {
        LogRefused(path, problem);
        return new PreloadedArchiveStatus { Problem = problem };
    }

    [LoggerMessage(LogLevel.Information, "Image {Image} imported, {Digest}")]
    private partial void LogImported(string image, string digest);

    [LoggerMessage(LogLevel.Error, "Images of {Path} not imported: {Problem}")]
    private partial void LogRefused(string path, string problem);
}
