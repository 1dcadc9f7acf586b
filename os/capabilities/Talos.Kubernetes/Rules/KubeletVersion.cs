using System.Globalization;
using System.Text.RegularExpressions;

namespace Talos.Kubernetes.Rules;

/// <summary>A version of the kubelet; only what decides about flags and fields counts.</summary>
internal sealed partial record KubeletVersion(int Major, int Minor, string Text)
{
    /// <summary>The minor versions of Kubernetes 1 whose flags and fields are listed, oldest first.</summary>
    public static readonly IReadOnlyList<int> ListedMinors = [20, 31, 32, 33, 34, 35, 36, 37];

    /// <summary>The first one to take the runtime's address from its configuration file.</summary>
    private static readonly (int Major, int Minor) EndpointInConfiguration = (1, 27);

    /// <summary>The last one with a runtime of its own, to be told that another is wanted.</summary>
    private static readonly (int Major, int Minor) LastOwnRuntime = (1, 23);

    /// <summary>Whether <c>containerRuntimeEndpoint</c> is a field of its configuration.</summary>
    public bool HasEndpointInConfiguration => (Major, Minor).CompareTo(EndpointInConfiguration) >= 0;

    /// <summary>Whether it must be told that its runtime is not its own.</summary>
    public bool HasOwnRuntime => (Major, Minor).CompareTo(LastOwnRuntime) <= 0;

    /// <summary>Whether <c>seccompDefault</c> is a field of its configuration that needs no feature gate.</summary>
    public bool HasSeccompDefault => (Major, Minor).CompareTo((1, 27)) >= 0;

    /// <summary>Whether it is newer than every version whose flags and fields are listed.</summary>
    public bool IsNewerThanListed => (Major, Minor).CompareTo((1, ListedMinors[^1])) > 0;

    /// <summary>The minor version by whose lists it is judged: its own, the newest for a newer one, null for one that is not listed.</summary>
    public int? Listed => IsNewerThanListed ? ListedMinors[^1] : Major == 1 && ListedMinors.Contains(Minor) ? Minor : null;

    /// <summary>Reads <c>Kubernetes v1.20.2</c>, <c>v1.36.0-rc.1</c> or <c>1.20.2</c>; null when it is none of these.</summary>
    public static KubeletVersion? TryParse(string text)
    {
        Match match = Form().Match(text.Trim());
        return match.Success
            ? new KubeletVersion(
                int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture),
                int.Parse(match.Groups[3].ValueSpan, CultureInfo.InvariantCulture),
                match.Groups[1].Value)
            : null;
    }

    [GeneratedRegex(@"^(?:Kubernetes )?v?(([0-9]{1,3})\.([0-9]{1,3})\.[0-9]{1,5}[-+.0-9A-Za-z]*)$")]
    private static partial Regex Form();
}
