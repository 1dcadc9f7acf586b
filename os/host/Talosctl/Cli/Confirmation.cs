namespace Talosctl.Cli;

/// <summary>Asks a person before what cannot be undone; a script says so beforehand.</summary>
internal static class Confirmation
{
    /// <summary>Whether it is meant.</summary>
    /// <param name="host">Where a person may sit.</param>
    /// <param name="what">What is about to be done, on what.</param>
    /// <param name="consequence">What that does, as the end of a sentence.</param>
    /// <param name="yes">Whether <c>--yes</c> was given.</param>
    /// <exception cref="TalosctlException">Nobody is there to ask.</exception>
    public static bool Given(Host host, string what, string consequence, bool yes)
    {
        if (yes)
        {
            return true;
        }

        if (!host.IsInteractive)
        {
            throw new TalosctlException($"{what}: {consequence}: say --yes if it is meant");
        }

        host.Error.Write($"{what}: {consequence}. Go on? [y/N] ");
        host.Error.Flush();
        return host.In.ReadLine()?.Trim() is "y" or "Y" or "yes";
    }
}
