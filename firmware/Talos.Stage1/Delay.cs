namespace Talos.Stage1;

/// <summary>Waiting: stage 1 has one thread and nothing to cancel.</summary>
internal static class Delay
{
    internal static void For(TimeSpan time) => Task.Delay(time, TimeProvider.System, CancellationToken.None).Wait();
}
