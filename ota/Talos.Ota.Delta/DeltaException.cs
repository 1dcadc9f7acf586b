namespace Talos.Ota.Delta;

/// <summary>A delta cannot be made or applied; the message says what was found where and what was expected.</summary>
public sealed class DeltaException : Exception
{
    /// <inheritdoc/>
    public DeltaException()
    {
    }

    /// <inheritdoc/>
    public DeltaException(string message) : base(message)
    {
    }

    /// <inheritdoc/>
    public DeltaException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
