using Talos.Ota.BootControl;
using Talos.Ota.Delta;

namespace Talos.Ota.Engine.Storage;

/// <summary>The content at the start of a slot's part, as the base of a delta.</summary>
internal sealed class SlotImage(ISlotStorage storage, long length) : IBaseImage
{
    public long Length => length;

    public void ReadAt(long offset, Span<byte> buffer) => storage.Read(offset, buffer);
}
