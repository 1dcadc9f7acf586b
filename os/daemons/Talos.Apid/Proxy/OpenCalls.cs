using Talos.Apid.Hosting;

namespace Talos.Apid.Proxy;

/// <summary>All calls that are open: bounds their number, and ends those whose caller would not be let in any more.</summary>
/// <param name="identity">The secrets as they are now.</param>
/// <param name="time">The clock.</param>
internal sealed class OpenCalls(Func<ApidIdentity> identity, TimeProvider time) : IDisposable
{
    /// <summary>How often the callers are looked at while calls are open.</summary>
    public static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly HashSet<OpenCall> _open = [];
    private readonly Dictionary<string, int> _ofCaller = new(StringComparer.Ordinal);
    private int _total;
    private ITimer? _timer;

    /// <summary>Weights of all open calls.</summary>
    public int Total
    {
        get
        {
            lock (_gate)
            {
                return _total;
            }
        }
    }

    /// <summary>Opens a call; dispose it when it has ended.</summary>
    /// <returns>The call, or why it is too much.</returns>
    public (OpenCall? Call, string? Refusal) Open(Caller caller, string method, int weight)
    {
        lock (_gate)
        {
            int own = _ofCaller.GetValueOrDefault(caller.Key);
            if (CallLimits.Refuse(weight, own, _total, caller.IsAdmin) is { } refusal)
            {
                return (null, refusal);
            }

            OpenCall call = new(this, caller, method, weight);
            _open.Add(call);
            _ofCaller[caller.Key] = own + weight;
            _total += weight;
            _timer ??= time.CreateTimer(_ => Look(), null, LookInterval, LookInterval);
            return (call, null);
        }
    }

    /// <summary>Ends the calls of callers who would not be let in any more.</summary>
    public void Look()
    {
        ApidIdentity now;
        try
        {
            now = identity();
        }
        catch (IOException)
        {
            return;
        }

        OpenCall[] open;
        lock (_gate)
        {
            open = [.. _open];
        }

        foreach (OpenCall call in open)
        {
            if (CallerRules.StillIn(call.Caller, call.Method, now) is { } reason)
            {
                call.End(reason);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _timer?.Dispose();
            _timer = null;
        }
    }

    internal void Close(OpenCall call)
    {
        lock (_gate)
        {
            if (!_open.Remove(call))
            {
                return;
            }

            _total -= call.Weight;
            if ((_ofCaller[call.Caller.Key] -= call.Weight) == 0)
            {
                _ofCaller.Remove(call.Caller.Key);
            }

            if (_open.Count == 0)
            {
                // An idle daemon looks at nothing.
                _timer?.Dispose();
                _timer = null;
            }
        }
    }
}
