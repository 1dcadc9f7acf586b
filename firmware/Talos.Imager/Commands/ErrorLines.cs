using Talos.Imager.Components;

namespace Talos.Imager.Commands;

/// <summary>Progress as lines on standard error, so that standard output holds results alone.</summary>
internal sealed class ErrorLines : IProgress<string>
{
    public void Report(string value) => Console.Error.WriteLine($"imager: {value}");

    /// <summary>Says what stands for something else, one line each.</summary>
    public void Tell(ResolvedLock state)
    {
        foreach (string line in state.Substitutions)
        {
            Report("substituted: " + line);
        }
    }
}
