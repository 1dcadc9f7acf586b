using System.Text;
using Talos.Ota.Engine;
using Talos.Ota.Slots;

namespace Talos.Machined.Updates;

/// <summary>The wipe of <c>/var</c> that an update was asked for: done when the new slot starts, so that it is left alone when it never does.</summary>
/// <param name="store">META.</param>
internal sealed class TrialWipe(IUpdateStore store)
{
    /// <summary>Tag in META: the slot whose trial begins with a wipe.</summary>
    public const uint Tag = 0x88;

    /// <summary>Asks for it.</summary>
    /// <param name="running">The slot that runs; the other one's trial begins with the wipe. Null: no wipe.</param>
    public void Ask(SlotId? running)
    {
        if (running is { } slot)
        {
            store.Write(Tag, Encoding.ASCII.GetBytes(slot.Other().ToString()));
        }
        else
        {
            Forget();
        }
    }

    /// <summary>Whether this boot has to wipe; another slot's or a finished trial's wish is forgotten.</summary>
    public bool IsDue(BootReport report)
    {
        if (store.Find(Tag) is not { } stored)
        {
            return false;
        }

        bool ours = SlotIds.TryParse(Encoding.ASCII.GetString(stored.Span)) == report.Booted;
        if (report.Kind is BootKind.Trial && ours)
        {
            return true;
        }

        if (report.Kind is not BootKind.TrialAgain)
        {
            Forget();
        }

        return false;
    }

    /// <summary>Says that it was done, or is not wanted any more.</summary>
    public void Forget()
    {
        if (store.Find(Tag) is not null)
        {
            store.Delete(Tag);
        }
    }
}
