namespace Talos.Services;

/// <summary>What was asked of a service cannot be done.</summary>
public sealed class ServiceException(string service, ServiceProblem problem, string message) : Exception($"service \"{service}\": {message}")
{
    /// <summary>The kind of problem.</summary>
    public ServiceProblem Problem { get; } = problem;
}

/// <summary>Why something cannot be done with a service.</summary>
public enum ServiceProblem
{
    /// <summary>No service of that name.</summary>
    Unknown,

    /// <summary>The service, or the node as it is, does not allow it.</summary>
    Refused,
}
