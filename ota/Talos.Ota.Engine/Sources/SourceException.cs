namespace Talos.Ota.Engine.Sources;

/// <summary>A bundle that cannot be had: the message says from where and why.</summary>
public sealed class SourceException : Exception
{
    /// <summary>Says what was tried and what is wrong.</summary>
    public SourceException(string message) : base(message) { }

    /// <summary>Says what was tried; <paramref name="inner"/> says what is wrong.</summary>
    public SourceException(string message, Exception inner) : base(message, inner) { }
}
