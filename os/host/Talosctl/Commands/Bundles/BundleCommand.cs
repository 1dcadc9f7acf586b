using System.CommandLine;

namespace Talosctl.Commands.Bundles;

/// <summary><c>bundle</c>: makes, signs, checks and shows updates, without a node.</summary>
internal static class BundleCommand
{
    public static Command Create(Host host) => new("bundle", "Make, sign, check and show update bundles")
    {
        BundleCreateCommand.Create(host),
        BundleDeltaCommand.Create(host),
        BundleSignCommand.Create(host),
        BundleVerifyCommand.Create(host),
        BundleInfoCommand.Create(host),
        BundleKeySetCommand.Create(host),
    };
}
