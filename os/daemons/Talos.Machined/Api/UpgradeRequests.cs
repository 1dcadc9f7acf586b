using Talos.Api.Machine;
using Talos.Api.Ota;
using Talos.Machined.Updates;
using Talos.Rpc.Errors;

namespace Talos.Machined.Api;

/// <summary>What each call for an update asks for, in one place: data is wiped only where the words for it were said.</summary>
internal static class UpgradeRequests
{
    /// <summary>The answer to a call that cannot say whether it wants <c>/var</c> wiped.</summary>
    public const string Ack = "Upgrade request received; /var is kept (`talosctl upgrade --wipe` of Talos Edge wipes it)";

    /// <summary>Our own call: the only one with a word for wiping.</summary>
    /// <exception cref="InvalidRequestException">It says both to keep <c>/var</c> and to wipe it.</exception>
    public static UpgradeOptions Parse(InstallOptions wanted) => wanted is { Wipe: true, Preserve: true }
        ? throw new InvalidRequestException("wipe", "set together with preserve: set one of them")
        : new UpgradeOptions
        {
            Wipe = wanted.Wipe,
            Force = wanted.Force,
            Reboot = wanted.Reboot,
            BundleId = wanted.BundleId,
            AuthoritiesPem = wanted.Authorities,
        };

    /// <summary>The field's older call. An absent <c>preserve</c> and a false one are the same bytes, so it is not looked at.</summary>
    public static UpgradeOptions Parse(UpgradeRequest wanted) => new() { Force = wanted.Force };

    /// <summary>The field's newer call, which has no word for any of it.</summary>
    public static UpgradeOptions Parse(LifecycleServiceUpgradeRequest wanted)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        return new UpgradeOptions();
    }
}
