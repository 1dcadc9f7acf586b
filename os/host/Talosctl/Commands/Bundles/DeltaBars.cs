using Talos.Ota.Delta;
using Talosctl.Cli;

namespace Talosctl.Commands.Bundles;

/// <summary>One bar after the other for the steps of making a delta.</summary>
/// <param name="host">Draws only when a person watches.</param>
/// <param name="part">Put before each step.</param>
internal sealed class DeltaBars(Host host, string part) : IProgress<DeltaProgress>, IDisposable
{
    private ProgressBar? _bar;
    private string _step = "";

    /// <inheritdoc/>
    public void Report(DeltaProgress value)
    {
        if (value.Step != _step)
        {
            _bar?.Dispose();
            _bar = new ProgressBar(host, $"{part}: {value.Step}", value.Total);
            _step = value.Step;
        }

        _bar!.Report(value.Done);
    }

    /// <inheritdoc/>
    public void Dispose() => _bar?.Dispose();
}
