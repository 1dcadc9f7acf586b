using Talos.Api.Machine;

namespace Talos.Machined.Api.Proc;

/// <summary>Reads <c>/proc/loadavg</c>.</summary>
internal static class LoadText
{
    public static LoadAvg Parse(string text)
    {
        string[] words = ProcText.Words(text);
        return new LoadAvg
        {
            Load1 = ProcText.Fraction(words.ElementAtOrDefault(0) ?? ""),
            Load5 = ProcText.Fraction(words.ElementAtOrDefault(1) ?? ""),
            Load15 = ProcText.Fraction(words.ElementAtOrDefault(2) ?? ""),
        };
    }
}
