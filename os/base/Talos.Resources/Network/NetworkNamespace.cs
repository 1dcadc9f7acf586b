namespace Talos.Resources.Network;

/// <summary>Namespaces of network resources.</summary>
public static class NetworkNamespace
{
    /// <summary>What is in force.</summary>
    public const string Merged = "network";

    /// <summary>What each layer gives; the ids begin with the layer's name.</summary>
    public const string Config = "network-config";
}
