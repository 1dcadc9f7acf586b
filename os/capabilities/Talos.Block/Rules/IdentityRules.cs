using System.Text;
using Talos.Disks.Meta;

namespace Talos.Block.Rules;

/// <summary>Whether META belongs to the life of the disk it lies on; pure.</summary>
/// <remarks>
/// A node draws its disk's GUID when it starts the first time, and notes it in META. An image that is written over the disk
/// brings the image's GUID again: values that some tool left in META are then of a former life.
/// Values without a note are those of an older release, or there are none: they are adopted, never discarded.
/// </remarks>
internal static class IdentityRules
{
    /// <summary>The disk the values belong to; null when it is not noted, or not legible.</summary>
    public static Guid? Noted(MetaBlock block) =>
        block.Find(MetaTag.DiskIdentity) is { Length: <= 64 } text && Guid.TryParseExact(Encoding.ASCII.GetString(text.Span), "D", out Guid id) ? id : null;

    /// <summary>The values with the note.</summary>
    public static MetaBlock Note(MetaBlock block, Guid disk) => block.With(MetaTag.DiskIdentity, Encoding.ASCII.GetBytes(disk.ToString("D")));

    /// <summary>Judges what was read.</summary>
    /// <param name="block">The values.</param>
    /// <param name="disk">GUID of the disk's table.</param>
    public static MetaOrigin Judge(MetaBlock block, Guid disk) =>
        Noted(block) is not { } noted ? MetaOrigin.NotNoted : noted == disk ? MetaOrigin.ThisLife : MetaOrigin.FormerLife;
}

/// <summary>Whose values META holds.</summary>
internal enum MetaOrigin
{
    /// <summary>Those of this disk.</summary>
    ThisLife,

    /// <summary>Nobody noted it: they are adopted.</summary>
    NotNoted,

    /// <summary>Those of a life before the disk was written anew.</summary>
    FormerLife,
}
