namespace Talos.Containers;

/// <summary>Stops what the kubelet started, before the node goes down.</summary>
public interface IPodStopper
{
    /// <summary>Stops the containers of all pods, then their sandboxes; pods in the node's network come last.</summary>
    /// <param name="grace">Time a container has between the request to end and the kill; whole seconds.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>The number of pods stopped.</returns>
    /// <remarks>Stop the kubelet first: it would start them again. Without a container runtime there is nothing to stop.</remarks>
    Task<int> StopAllAsync(TimeSpan grace, CancellationToken ct);
}
