using System.Globalization;

namespace Talos.Imager.Components;

/// <summary>Says every few seconds how much of some downloads is there.</summary>
internal sealed class DownloadProgress : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    private readonly IReadOnlyList<FileDownload> _files;
    private readonly IProgress<string> _progress;
    private readonly ITimer _timer;

    public DownloadProgress(IReadOnlyList<FileDownload> files, IProgress<string> progress)
    {
        _files = files;
        _progress = progress;
        _timer = TimeProvider.System.CreateTimer(_ => Report(), null, Period, Period);
    }

    /// <summary>Where a file lies until it is whole; the same each time, so that an interrupted download goes on.</summary>
    public static string Partial(FileDownload file) => $"{file.Target}.{file.Sha256[..8]}.incoming";

    public void Dispose() => _timer.Dispose();

    private void Report()
    {
        long bytes = _files.Select(f => new FileInfo(Partial(f))).Where(f => f.Exists).Sum(f => f.Length);
        _progress.Report(string.Create(CultureInfo.InvariantCulture, $"downloading: {bytes / 1e6:F0} MB of {_files.Count} files so far"));
    }
}
