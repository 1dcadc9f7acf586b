using System.Globalization;
using System.Text.RegularExpressions;

namespace Talos.Containers.Rules;

/// <summary>A version of containerd; only what decides about its configuration counts.</summary>
internal sealed partial record ContainerdVersion(int Major, int Minor)
{
    /// <summary>What is assumed of a root that does not say: every version from 1.6 reads its format, later ones with warnings.</summary>
    public static readonly ContainerdVersion Unknown = new(1, 7);

    /// <summary>Whether it reads version 3 of the configuration, where images and containers are plugins of their own.</summary>
    public bool HasSplitCri => Major >= 2;

    /// <summary>Whether the folders of the CNI plugins are a list.</summary>
    public bool HasCniFolders => (Major, Minor).CompareTo((2, 1)) >= 0;

    /// <summary>Reads a version of upstream or of a Debian package, such as <c>2.1.9+ds1-5</c>; <see cref="Unknown"/> when it is neither.</summary>
    public static ContainerdVersion Parse(string? text)
    {
        Match match = Form().Match(text?.Trim() ?? "");
        return match.Success
            ? new ContainerdVersion(
                int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture), int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture))
            : Unknown;
    }

    // A Debian version may begin with an epoch.
    [GeneratedRegex(@"^(?:[0-9]+:)?v?([0-9]{1,3})\.([0-9]{1,3})\.[0-9]")]
    private static partial Regex Form();
}
