namespace Talos.Ota.Bundle.Tests;

/// <summary>Gives its bytes once, a few at a time.</summary>
internal sealed class OneWayStream(byte[] data) : MemoryStream(data)
{
    public override bool CanSeek => false;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        base.ReadAsync(buffer[..Math.Min(buffer.Length, 1000)], cancellationToken);
}
