using Grpc.Core;

namespace Talos.Apid.Proxy;

/// <summary>A call that is open.</summary>
internal sealed class OpenCall(OpenCalls calls, Caller caller, string method, int weight) : IDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private Status? _reason;

    public Caller Caller => caller;

    public string Method => method;

    public int Weight => weight;

    /// <summary>Cancelled when the call is ended by us.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Why we ended it; null when we did not.</summary>
    public Status? Reason => _reason;

    /// <summary>Ends it.</summary>
    public void End(Status reason)
    {
        _reason ??= reason;
        try
        {
            _ended.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself at this moment.
        }
    }

    public void Dispose()
    {
        calls.Close(this);
        _ended.Dispose();
    }
}
