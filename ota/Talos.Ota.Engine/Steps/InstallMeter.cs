using Talos.Ota.Bundle;

namespace Talos.Ota.Engine.Steps;

/// <summary>Counts what an install does and tells of it.</summary>
internal sealed class InstallMeter(Action<UpdateProgress> report)
{
    private UpdateState _state = UpdateState.Checking;
    private string? _part;
    private long _done, _total;

    public long FetchedBytes { get; private set; }

    public long WrittenBytes { get; private set; }

    public void Begin(BundleManifest manifest) =>
        _total = manifest.Payloads.Select(p => (p.Part, p.Target.Size)).Distinct().Sum(p => p.Size);

    public void Enter(UpdateState state, BundlePart? part)
    {
        (_state, _part) = (state, part is { } named ? (named is BundlePart.Boot ? "boot" : "root") : null);
        Tell();
    }

    /// <summary>A piece of the part is in place.</summary>
    /// <param name="bytes">Its unpacked length.</param>
    /// <param name="fetched">What the source gave for it.</param>
    /// <param name="written">What was written for it.</param>
    public void Advance(long bytes, long fetched, long written)
    {
        _done += bytes;
        FetchedBytes += fetched;
        WrittenBytes += written;
        Tell();
    }

    /// <summary>A part is begun again in another way.</summary>
    public void TakeBack(long bytes) => _done -= bytes;

    private void Tell() => report(new UpdateProgress(_state, _part, _done, _total, FetchedBytes, WrittenBytes));
}
