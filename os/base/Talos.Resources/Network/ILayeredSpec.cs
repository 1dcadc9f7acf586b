namespace Talos.Resources.Network;

/// <summary>A spec that several layers may give; those given are in <see cref="NetworkNamespace.Config"/>, the merged in <see cref="NetworkNamespace.Merged"/>.</summary>
public interface ILayeredSpec
{
    /// <summary>The layer it comes from.</summary>
    ConfigLayer Layer { get; }

    /// <summary>The id under which specs of several layers meet.</summary>
    string MergedId { get; }
}
