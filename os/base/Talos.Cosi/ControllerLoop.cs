namespace Talos.Cosi;

/// <summary>One controller, woken and run again and again.</summary>
internal sealed class ControllerLoop(IController controller, IState state, TimeProvider time, ControllerRuntime runtime) : IDisposable
{
    /// <summary>A timer holds 49 days at most; a controller that is woken early looks and asks for the rest.</summary>
    private static readonly TimeSpan LongestRequeue = TimeSpan.FromDays(1);

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);

    private readonly HashSet<string> _inputs = [.. controller.Inputs.Select(i => i.Resource.Type)];
    private readonly SemaphoreSlim _wake = new(1, 1);
    private ITimer? _requeue;

    public IController Controller => controller;

    /// <summary>Reconciles that failed since the last that did not.</summary>
    public int Failures { get; private set; }

    public bool Reads(string type) => _inputs.Contains(type);

    public void Wake()
    {
        // Full means: a wake-up is pending already, and it will see this change too.
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
        }
    }

    public async Task RunAsync(CancellationToken ct)
    {
        Task triggers = controller is ITriggeredController triggered ? RunTriggersAsync(triggered, ct) : Task.CompletedTask;
        try
        {
            while (true)
            {
                await _wake.WaitAsync(ct);
                try
                {
                    await ReconcileOnceAsync(ct);
                    Failures = 0;
                }
                catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
                {
                    TimeSpan delay = Delay(Failures++);
                    runtime.Failed(controller, delay, e);
                    await Task.Delay(delay, time, ct);
                    Wake();
                }
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
        }

        await triggers;
    }

    public async Task ReconcileOnceAsync(CancellationToken ct)
    {
        _requeue?.Dispose();
        _requeue = null;
        ControllerContext context = new(controller, state);
        await controller.ReconcileAsync(context, ct);
        if (context.RequeueDelay is { } delay)
        {
            _requeue = time.CreateTimer(_ => Wake(), null, TimeSpan.FromTicks(Math.Clamp(delay.Ticks, 0, LongestRequeue.Ticks)), Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        _requeue?.Dispose();
        _wake.Dispose();
    }

    private async Task RunTriggersAsync(ITriggeredController triggered, CancellationToken ct)
    {
        for (int failures = 0; !ct.IsCancellationRequested; failures++)
        {
            try
            {
                await triggered.RunTriggersAsync(Wake, ct);
                return;
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                TimeSpan delay = Delay(failures);
                runtime.Failed(controller, delay, e);
                await Task.Delay(delay, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static TimeSpan Delay(int failures)
    {
        TimeSpan delay = FirstDelay * Math.Pow(2, Math.Min(failures, 10));
        return delay < LongestDelay ? delay : LongestDelay;
    }
}
