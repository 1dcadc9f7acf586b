using System.Globalization;

namespace Talos.Config;

/// <summary>
/// Plain scalars that are numbers for the YAML reader of Kubernetes' tools and of upstream: <c>0644</c> and <c>0o644</c> are octal,
/// <c>0x1f</c> and <c>0b11</c> as usual, <c>1_000</c> is 1000, and <c>08</c>, which cannot be octal, is the number 8.
/// Source: go-yaml v3, resolve.go; Go, package strconv, ParseInt with base 0.
/// </summary>
internal static class YamlNumber
{
    /// <summary>Reads a number: a whole one of 64 bits, or else a float.</summary>
    public static bool TryRead(string text, out long? signed, out ulong? unsigned, out double value)
    {
        signed = null;
        unsigned = null;
        value = 0;
        if (text.Length == 0 || !(char.IsAsciiDigit(text[0]) || text[0] is '-' or '+' or '.'))
        {
            return false;
        }

        string plain = text.Replace("_", "", StringComparison.Ordinal);
        if (Integer(plain) is { } number)
        {
            if (number >= long.MinValue && number <= long.MaxValue)
            {
                signed = (long)number;
                return true;
            }

            // A number with a sign is no unsigned one.
            if (number > 0 && number <= ulong.MaxValue && plain[0] != '+')
            {
                unsigned = (ulong)number;
                return true;
            }
        }

        return IsDecimal(plain)
            && double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out value)
            && double.IsFinite(value);
    }

    private static Int128? Integer(string plain)
    {
        bool negative = plain.StartsWith('-');
        string digits = plain.TrimStart('+', '-');
        if (plain.Length - digits.Length > 1 || digits.Length == 0)
        {
            return null;
        }

        (int radix, int from) = digits.Length == 1 || digits[0] != '0' ? (10, 0) : char.ToLowerInvariant(digits[1]) switch
        {
            'x' => (16, 2),
            'o' => (8, 2),
            'b' => (2, 2),
            _ => (8, 1),
        };
        Int128 value = 0;
        foreach (char c in digits.AsSpan(from))
        {
            int digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : radix;
            if (digit >= radix || value > ulong.MaxValue)
            {
                return null;
            }

            value = (value * radix) + digit;
        }

        return digits.Length == from ? null : negative ? -value : value;
    }

    /// <summary><c>[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?</c></summary>
    private static bool IsDecimal(string text)
    {
        int at = text[0] is '-' or '+' ? 1 : 0;
        int whole = Digits(text, ref at);
        int fraction = 0;
        if (at < text.Length && text[at] == '.')
        {
            at++;
            fraction = Digits(text, ref at);
        }

        if (whole + fraction == 0)
        {
            return false;
        }

        if (at < text.Length && text[at] is 'e' or 'E')
        {
            at++;
            at += at < text.Length && text[at] is '-' or '+' ? 1 : 0;
            return Digits(text, ref at) > 0 && at == text.Length;
        }

        return at == text.Length;
    }

    private static int Digits(string text, ref int at)
    {
        int start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        return at - start;
    }
}
