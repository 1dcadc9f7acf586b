namespace Talos.Kubernetes;

/// <summary>The kubelet is not what it should be.</summary>
public sealed class KubernetesException(string message) : Exception(message);
