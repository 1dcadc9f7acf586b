using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Talos.Ota.Bundle;

/// <summary>A version such as <c>v1.2.3-beta.1</c>, ordered by precedence. Source: semver.org 2.0.0; a leading <c>v</c> is accepted.</summary>
public sealed class SemanticVersion : IComparable<SemanticVersion>, IEquatable<SemanticVersion>
{
    private const int MaximumLength = 64;

    private readonly string[] _preRelease;

    private SemanticVersion(int major, int minor, int patch, string[] preRelease, string metadata)
    {
        (Major, Minor, Patch, _preRelease, Metadata) = (major, minor, patch, preRelease, metadata);
    }

    /// <summary>First number.</summary>
    public int Major { get; }

    /// <summary>Second number.</summary>
    public int Minor { get; }

    /// <summary>Third number.</summary>
    public int Patch { get; }

    /// <summary>What follows the hyphen; empty for a release.</summary>
    public string PreRelease => string.Join('.', _preRelease);

    /// <summary>What follows the plus sign; it has no say in the order.</summary>
    public string Metadata { get; }

    /// <summary>Reads a version.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static SemanticVersion Parse(string text) =>
        TryParse(text, out SemanticVersion? version)
            ? version
            : throw new FormatException($"version \"{(text.Length > MaximumLength ? text[..MaximumLength] + "..." : text)}\": wanted is MAJOR.MINOR.PATCH with an optional -PRERELEASE, such as v1.2.3");

    /// <summary>Reads a version; false when it is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out SemanticVersion? version)
    {
        version = null;
        if (text is null || text.Length > MaximumLength)
        {
            return false;
        }

        string rest = text.StartsWith('v') ? text[1..] : text;
        (rest, string? metadata) = Cut(rest, '+');
        (rest, string? preRelease) = Cut(rest, '-');
        string[] numbers = rest.Split('.');
        string[] identifiers = preRelease?.Split('.') ?? [];
        if (numbers.Length != 3 || !TryNumber(numbers[0], out int major) || !TryNumber(numbers[1], out int minor) || !TryNumber(numbers[2], out int patch)
            || !identifiers.All(i => IsIdentifier(i) && !HasLeadingZero(i)) || metadata?.Split('.').All(IsIdentifier) is false)
        {
            return false;
        }

        version = new SemanticVersion(major, minor, patch, identifiers, metadata ?? "");
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(SemanticVersion? other)
    {
        if (other is null)
        {
            return 1;
        }

        int numbers = (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));
        if (numbers != 0)
        {
            return numbers;
        }

        if (_preRelease.Length == 0 || other._preRelease.Length == 0)
        {
            return other._preRelease.Length.CompareTo(_preRelease.Length);
        }

        for (int i = 0; i < Math.Min(_preRelease.Length, other._preRelease.Length); i++)
        {
            int order = Compare(_preRelease[i], other._preRelease[i]);
            if (order != 0)
            {
                return order;
            }
        }

        return _preRelease.Length.CompareTo(other._preRelease.Length);
    }

    /// <summary>True when both have the same place in the order.</summary>
    public bool Equals(SemanticVersion? other) => other is not null && CompareTo(other) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SemanticVersion);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Major, Minor, Patch, PreRelease);

    /// <summary>The version with a leading <c>v</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"v{Major}.{Minor}.{Patch}{(_preRelease.Length > 0 ? "-" + PreRelease : "")}{(Metadata.Length > 0 ? "+" + Metadata : "")}");

    /// <summary>Same place in the order.</summary>
    public static bool operator ==(SemanticVersion? left, SemanticVersion? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Another place in the order.</summary>
    public static bool operator !=(SemanticVersion? left, SemanticVersion? right) => !(left == right);

    /// <summary>Older.</summary>
    public static bool operator <(SemanticVersion left, SemanticVersion right) => left.CompareTo(right) < 0;

    /// <summary>Newer.</summary>
    public static bool operator >(SemanticVersion left, SemanticVersion right) => left.CompareTo(right) > 0;

    /// <summary>Older or the same.</summary>
    public static bool operator <=(SemanticVersion left, SemanticVersion right) => left.CompareTo(right) <= 0;

    /// <summary>Newer or the same.</summary>
    public static bool operator >=(SemanticVersion left, SemanticVersion right) => left.CompareTo(right) >= 0;

    private static (string Before, string? After) Cut(string text, char separator)
    {
        int at = text.IndexOf(separator, StringComparison.Ordinal);
        return at < 0 ? (text, null) : (text[..at], text[(at + 1)..]);
    }

    private static bool TryNumber(string text, out int number)
    {
        number = 0;
        return !HasLeadingZero(text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private static bool IsIdentifier(string text) => text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    private static bool IsNumber(string text) => text.All(char.IsAsciiDigit);

    private static bool HasLeadingZero(string text) => text.Length > 1 && text[0] == '0' && IsNumber(text);

    private static int Compare(string left, string right) => (IsNumber(left), IsNumber(right)) switch
    {
        (true, true) => left.Length != right.Length ? left.Length.CompareTo(right.Length) : string.CompareOrdinal(left, right),
        (true, false) => -1,
        (false, true) => 1,
        _ => string.CompareOrdinal(left, right),
    };
}
