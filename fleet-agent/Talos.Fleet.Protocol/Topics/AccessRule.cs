using System.Text;

namespace Talos.Fleet.Protocol;

/// <summary>Who may use which topic; the same rule for every broker.</summary>
/// <remarks>
/// A node publishes its own presence, state, telemetry, events and results and reads its own desired state, commands and acks.
/// A hub may use everything below <c>talos/1/</c>.
/// </remarks>
public static class AccessRule
{
    private static readonly TopicKind[] FromNode = [TopicKind.Presence, TopicKind.State, TopicKind.Telemetry, TopicKind.Events];
    private static readonly TopicKind[] ToNode = [TopicKind.Desired, TopicKind.Ack];

    /// <summary>Whether a client may publish to a topic.</summary>
    /// <param name="commonName">CommonName of the client's certificate.</param>
    /// <param name="topic">A topic without wildcards.</param>
    public static bool MayPublish(string commonName, string topic)
    {
        if (topic.AsSpan().ContainsAny('+', '#'))
        {
            return false;
        }

        return NodeId.IsHub(commonName)
            ? topic.StartsWith(FleetTopic.Root + "/", StringComparison.Ordinal)
            : FleetTopic.Parse(topic) is { } parsed && parsed.Node == commonName && FleetTopic.FromNode(parsed.Kind);
    }

    /// <summary>Whether a client may subscribe to a filter.</summary>
    /// <param name="commonName">CommonName of the client's certificate.</param>
    /// <param name="filter">A filter, which may have wildcards and, for hubs, begin with <c>$share/GROUP/</c>.</param>
    public static bool MaySubscribe(string commonName, string filter)
    {
        if (NodeId.IsHub(commonName))
        {
            return Unshared(filter).StartsWith(FleetTopic.Root + "/", StringComparison.Ordinal);
        }

        if (!NodeId.IsValid(commonName))
        {
            return false;
        }

        string own = $"{FleetTopic.Root}/{commonName}/";
        return filter.StartsWith(own, StringComparison.Ordinal) && filter[own.Length..] switch
        {
            "desired" or "ack" or "command/#" or "command/+" => true,
            string rest => rest.StartsWith("command/", StringComparison.Ordinal) && FleetTopic.IsCommandId(rest.AsSpan("command/".Length)),
        };
    }

    /// <summary>Whether a message may be delivered to a client; what a broker asks that grants wider filters.</summary>
    public static bool MayReceive(string commonName, string topic) =>
        NodeId.IsHub(commonName)
            ? topic.StartsWith(FleetTopic.Root + "/", StringComparison.Ordinal)
            : FleetTopic.Parse(topic) is { } parsed && parsed.Node == commonName && !FleetTopic.FromNode(parsed.Kind);

    /// <summary>The rule as an ACL file of mosquitto with <c>use_identity_as_username true</c>.</summary>
    /// <param name="hubs">CommonNames of the hubs: mosquitto's users have no wildcards.</param>
    /// <param name="others">Filters outside of the fleet's topics that the hubs read and write too; null for none.</param>
    /// <exception cref="ArgumentException">A name is not the one of a hub.</exception>
    public static string MosquittoAcl(IEnumerable<string> hubs, IEnumerable<string>? others = null)
    {
        StringBuilder text = new("# Who may use which topic, by the CommonName of the certificate.\n");
        foreach (string hub in hubs)
        {
            if (!NodeId.IsHub(hub) || !FleetTopic.IsCommandId(hub))
            {
                throw new ArgumentException($"{hub}: CommonNames of hubs are {NodeId.HubPrefix} and up to {FleetTopic.MaxCommandId - NodeId.HubPrefix.Length} of a-z 0-9 -", nameof(hubs));
            }

            text.Append($"\nuser {hub}\ntopic readwrite {FleetTopic.Root}/#\n");
            foreach (string filter in others ?? [])
            {
                text.Append($"topic readwrite {filter}\n");
            }
        }

        text.Append('\n');
        foreach (TopicKind kind in FromNode)
        {
            text.Append($"pattern write {FleetTopic.Root}/%u/{FleetTopic.Word(kind)}\n");
        }

        text.Append($"pattern write {FleetTopic.Root}/%u/{FleetTopic.Word(TopicKind.Result)}/#\n");
        foreach (TopicKind kind in ToNode)
        {
            text.Append($"pattern read {FleetTopic.Root}/%u/{FleetTopic.Word(kind)}\n");
        }

        text.Append($"pattern read {FleetTopic.Root}/%u/{FleetTopic.Word(TopicKind.Command)}/#\n");
        return text.ToString();
    }

    private static string Unshared(string filter)
    {
        const string Share = "$share/";
        int end = filter.StartsWith(Share, StringComparison.Ordinal) ? filter.IndexOf('/', Share.Length) : -1;
        return end < 0 ? filter : filter[(end + 1)..];
    }
}
