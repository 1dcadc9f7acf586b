using Talos.Ota.Bundle;

namespace Talos.Ota.Engine.Steps;

/// <summary>Counts what an install does and tells of it.</summary>
internal sealed class InstallMeter(Action<UpdateProgress> report)
{
    private UpdateState _state = UpdateState.Checking;
    private string? _part;
    private long _before, _done, _total;

    public long FetchedBytes { get; private set; }

    public long WrittenBytes { get; private set; }

    /// <summary>The lengths of all parts are known.</summary>
    public void Begin(long total) => _total = total;

    public void Enter(UpdateState state, BundlePart? part)
    {
        if (state is UpdateState.Writing)
        {
            _before = _done;
        }

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

    /// <summary>The part begins, or begins again in another way, with so many bytes in place.</summary>
    public void Restart(long present)
    {
        _done = _before + present;
        Tell();
    }

    private void Tell() => report(new UpdateProgress(_state, _part, _done, _total, FetchedBytes, WrittenBytes));
}
