namespace Talos.Pki;

/// <summary>A key, certificate or signing request that cannot be read or used.</summary>
public sealed class PkiException : Exception
{
    /// <summary>Says what was read and what is wrong with it.</summary>
    public PkiException(string message) : base(message) { }

    /// <summary>Says what was read; <paramref name="inner"/> says what is wrong with it.</summary>
    public PkiException(string message, Exception inner) : base(message, inner) { }
}
