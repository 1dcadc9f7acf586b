using Talos.Boards;
using Talos.Linux;

namespace Talos.Ota.BootControl.UBootEnv;

/// <summary>The U-Boot environment where the board descriptor says it is on the disk.</summary>
/// <param name="disk">Gives the disk's device node.</param>
/// <param name="places">One or two, of one size.</param>
public sealed class DiskEnvironment(Func<string> disk, IReadOnlyList<BoardEnvironmentCopy> places) : IEnvironmentCopies
{
    /// <inheritdoc/>
    public int Count => places.Count;

    /// <inheritdoc/>
    public byte[] Read(int copy)
    {
        byte[] content = new byte[places[copy].Size.Bytes];
        using BlockDevice device = BlockDevice.Open(disk());
        for (int done = 0; done < content.Length;)
        {
            int read = RandomAccess.Read(device.Handle, content.AsSpan(done), places[copy].Offset.Bytes + done);
            done += read > 0 ? read : throw new EndOfStreamException($"{device.Path}: ends inside the U-Boot environment at {places[copy].Offset}");
        }

        return content;
    }

    /// <inheritdoc/>
    public void Write(int copy, ReadOnlySpan<byte> content)
    {
        using BlockDevice device = BlockDevice.Open(disk(), writable: true);
        RandomAccess.Write(device.Handle, content, places[copy].Offset.Bytes);
        device.Sync();
    }
}
