namespace Talos.Services;

/// <summary>What the API and the sequences may do with services.</summary>
public interface IServiceControl
{
    /// <summary>All services, ordered by name.</summary>
    IReadOnlyList<ServiceInfo> List();

    /// <summary>One service; null when there is none of that name.</summary>
    ServiceInfo? Find(string id);

    /// <summary>Asks for a service to be up. Returns at once.</summary>
    /// <exception cref="ServiceException">Unknown, or services may not be started any more.</exception>
    void Start(string id);

    /// <summary>Stops a service, after those that depend on it; returns when all of them are down.</summary>
    /// <exception cref="ServiceException">Unknown, or it may not be stopped.</exception>
    Task StopAsync(string id, CancellationToken ct);

    /// <summary>Stops a service and what depends on it, and starts again what ran; returns when they were asked to start.</summary>
    /// <exception cref="ServiceException">Unknown, or it may not be stopped.</exception>
    Task RestartAsync(string id, CancellationToken ct);

    /// <summary>Output of a service.</summary>
    /// <param name="id">The service.</param>
    /// <param name="tailLines">How many of the last lines; negative for everything kept.</param>
    /// <param name="follow">Go on with new output until cancelled.</param>
    /// <param name="ct">Ends following without an error.</param>
    /// <exception cref="ServiceException">Unknown.</exception>
    IAsyncEnumerable<ReadOnlyMemory<byte>> ReadLogAsync(string id, int tailLines, bool follow, CancellationToken ct);

    /// <summary>Names of all logs, ordered.</summary>
    IReadOnlyList<string> Logs();
}

/// <summary>Where changes of services are told.</summary>
public interface IServiceEvents
{
    /// <summary>A service entered another state or its health changed. Called in order, one at a time for each service.</summary>
    void Changed(ServiceInfo service);
}
