namespace Talos.Services.Logs;

/// <summary>Stored text as it was at one moment; what is added later is not part of it.</summary>
internal interface IStoredText : IDisposable
{
    /// <summary>Its bytes.</summary>
    long Length { get; }

    /// <summary>Reads bytes; fewer than the buffer takes only at the end.</summary>
    int Read(long position, Span<byte> buffer);
}
