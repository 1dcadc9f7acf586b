using Talos.Api.Common;
using Talos.Rpc.Errors;

namespace Talos.Machined.Api;

/// <summary>Names of containerd's namespaces.</summary>
internal static class ContainerNamespaces
{
    /// <summary>The name; an unknown one is that of Kubernetes, where all images of this node are.</summary>
    public static string NameOf(ContainerdNamespace ns) => ns is ContainerdNamespace.NsSystem ? "system" : "k8s.io";

    /// <summary>Refuses another namespace than that of Kubernetes.</summary>
    /// <exception cref="InvalidRequestException">It is another.</exception>
    public static void RequireKubernetes(ContainerdNamespace ns)
    {
        if (ns is ContainerdNamespace.NsSystem)
        {
            throw new InvalidRequestException("namespace", "this node keeps images in the namespace k8s.io (cri) only");
        }
    }
}
