namespace Talos.Pki;

/// <summary>A text that must not reach a log: its <see cref="ToString"/> is <c>(redacted)</c>.</summary>
/// <remarks>Two secrets are equal when their texts are; records that hold one can be compared.</remarks>
public sealed class Secret : IEquatable<Secret>
{
    private readonly string _value;

    /// <summary>Wraps <paramref name="value"/>.</summary>
    public Secret(string value) => _value = value;

    /// <summary>True when the text is empty.</summary>
    public bool IsEmpty => _value.Length == 0;

    /// <summary>The text itself, for the one place that needs it.</summary>
    public string Reveal() => _value;

    /// <inheritdoc/>
    public bool Equals(Secret? other) => other is not null && string.Equals(_value, other._value, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Secret);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(_value);

    /// <inheritdoc/>
    public override string ToString() => "(redacted)";
}
