using Talos.Block;
using Talos.Ota.Engine;
using Talos.Ota.Slots;

namespace Talos.Machined.Updates;

/// <summary>What may go wrong with slots and their storage without being a bug.</summary>
internal static class UpdateErrors
{
    /// <summary>Whether the node goes on after this.</summary>
    public static bool IsExpected(Exception error) => error is IOException or UnauthorizedAccessException or SlotException or UpdateException or VolumeException or InvalidDataException or TimeoutException;
}
