namespace Talos.Fleet.Sparkplug;

/// <summary>Names an edge node and its topics.</summary>
/// <param name="Group">The group.</param>
/// <param name="Node">The edge node within it.</param>
/// <remarks>Source: Sparkplug specification 3.0, section 4.1.</remarks>
public sealed record EdgeNodeId(string Group, string Node)
{
    /// <summary>First part of every topic.</summary>
    public const string Namespace = "spBv1.0";

    /// <summary>Commands for the edge node.</summary>
    public string CommandTopic => Topic("NCMD");

    /// <summary>State of a host application.</summary>
    public static string StateTopic(string host) => $"{Namespace}/STATE/{host}";

    internal string Topic(string type, string? device = null) => $"{Namespace}/{Group}/{type}/{Node}{(device is null ? "" : $"/{device}")}";
}
