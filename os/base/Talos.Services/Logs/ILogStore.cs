namespace Talos.Services.Logs;

/// <summary>Where logs outlive the memory of this process.</summary>
internal interface ILogStore
{
    /// <summary>Whether anything can be stored yet: <c>/var</c> is mounted.</summary>
    bool IsOpen { get; }

    /// <summary>Adds bytes to a log; begins a new file when the present one is full.</summary>
    void Append(string id, ReadOnlySpan<byte> data);

    /// <summary>Opens the stored text, the oldest bytes first.</summary>
    /// <param name="id">The log.</param>
    /// <param name="limit">At most so many of its last bytes.</param>
    IStoredText Open(string id, long limit);
}
