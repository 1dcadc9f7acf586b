namespace Talos.Fleet.Sparkplug;

/// <summary>A value with its data type; null is a value of every type.</summary>
public readonly record struct SparkplugValue
{
    private SparkplugValue(SparkplugType type, bool isNull, long bits, string? text) => (Type, IsNull, Bits, Text) = (type, isNull, bits, text);

    /// <summary>Its data type.</summary>
    public SparkplugType Type { get; }

    /// <summary>Whether nothing is known.</summary>
    public bool IsNull { get; }

    /// <summary>The number, the bits of the fraction, or 1 for true.</summary>
    internal long Bits { get; }

    internal string? Text { get; }

    /// <summary>A whole number; null when nothing is known.</summary>
    public static SparkplugValue Of(long? number) => new(SparkplugType.Int64, number is null, number ?? 0, null);

    /// <summary>A fraction; null when nothing is known.</summary>
    public static SparkplugValue Of(double? number) => new(SparkplugType.Double, number is null, BitConverter.DoubleToInt64Bits(number ?? 0), null);

    /// <summary>True or false; null when nothing is known.</summary>
    public static SparkplugValue Of(bool? flag) => new(SparkplugType.Boolean, flag is null, flag is true ? 1 : 0, null);

    /// <summary>Text; null when nothing is known. Half of a surrogate pair becomes a question mark, because the payload is UTF-8.</summary>
    public static SparkplugValue Of(string? text) => new(SparkplugType.String, text is null, 0, text is null ? null : SparkplugName.WellFormed(text));

    /// <summary>Nothing known, of the same type.</summary>
    public SparkplugValue ToNull() => new(Type, true, 0, null);
}
