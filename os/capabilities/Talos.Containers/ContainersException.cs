namespace Talos.Containers;

/// <summary>An archive, an image or the container runtime is not what it should be.</summary>
public sealed class ContainersException : Exception
{
    /// <summary>Says what was tried, on what.</summary>
    public ContainersException(string message)
        : base(message)
    {
    }

    /// <summary>Says what was tried, on what; the cause is joined by the log writer.</summary>
    public ContainersException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
