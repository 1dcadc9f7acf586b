using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Hub;

/// <summary>A number that only rises.</summary>
internal sealed class Counter
{
    private long _value;

    public long Value => Interlocked.Read(ref _value);

    public void Add(long by) => Interlocked.Add(ref _value, by);
}

/// <summary>What the hub counts, in the text form of Prometheus.</summary>
internal sealed class HubMetrics
{
    private readonly ConcurrentDictionary<(string Kind, string Problem), Counter> _refused = new();
    private readonly Counter[] _received = [.. Enum.GetValues<TopicKind>().Select(_ => new Counter())];
    private long _batchTicks;

    public Counter ReceivedBytes { get; } = new();

    public Counter Repeated { get; } = new();

    public Counter EventsStored { get; } = new();

    public Counter EventsLost { get; } = new();

    public Counter Sent { get; } = new();

    public Counter WebhooksSent { get; } = new();

    public Counter WebhooksDropped { get; } = new();

    public Counter Batches { get; } = new();

    public Counter Batched { get; } = new();

    public void Received(TopicKind kind) => _received[(int)kind].Add(1);

    public void Refused(string kind, string problem) => _refused.GetOrAdd((kind, problem), _ => new Counter()).Add(1);

    public long RefusedTotal => _refused.Values.Sum(c => c.Value);

    public long ReceivedTotal => _received.Sum(c => c.Value);

    public void Batch(int messages, TimeSpan took)
    {
        Batches.Add(1);
        Batched.Add(messages);
        Interlocked.Add(ref _batchTicks, took.Ticks);
    }

    /// <summary>All of it, with what others know at this moment.</summary>
    public string Text(IEnumerable<(string Name, string Help, string Labels, double Value)> gauges)
    {
        StringBuilder text = new();
        Head(text, "talos_hub_messages_total", "counter", "Messages of nodes that were read and found good");
        foreach (TopicKind kind in Enum.GetValues<TopicKind>().Where(FleetTopic.FromNode))
        {
            Line(text, "talos_hub_messages_total", $"kind=\"{Word(kind.ToString())}\"", _received[(int)kind].Value);
        }

        Head(text, "talos_hub_refused_total", "counter", "Messages that were ignored, by what is wrong with them");
        foreach (((string kind, string problem), Counter count) in _refused.OrderBy(r => r.Key))
        {
            Line(text, "talos_hub_refused_total", $"kind=\"{Word(kind)}\",problem=\"{Word(problem)}\"", count.Value);
        }

        Simple(text, "talos_hub_received_bytes_total", "Bytes of messages of nodes", ReceivedBytes.Value);
        Simple(text, "talos_hub_repeated_total", "Messages that were stored before", Repeated.Value);
        Simple(text, "talos_hub_events_stored_total", "Events that are new in the history", EventsStored.Value);
        Simple(text, "talos_hub_events_lost_total", "Events that nodes dropped at the bound of their queue", EventsLost.Value);
        Simple(text, "talos_hub_sent_total", "Orders given to the broker", Sent.Value);
        Simple(text, "talos_hub_webhooks_sent_total", "Webhook messages that their listener took", WebhooksSent.Value);
        Simple(text, "talos_hub_webhooks_dropped_total", "Webhook messages that were given up or were too many", WebhooksDropped.Value);
        Simple(text, "talos_hub_batches_total", "Transactions with messages of nodes", Batches.Value);
        Simple(text, "talos_hub_batched_messages_total", "Messages in those transactions", Batched.Value);
        Simple(text, "talos_hub_batch_seconds_total", "Time those transactions took", TimeSpan.FromTicks(Interlocked.Read(ref _batchTicks)).TotalSeconds);
        Simple(text, "process_cpu_seconds_total", "Processor time of the hub", Environment.CpuUsage.TotalTime.TotalSeconds);
        string last = "";
        foreach ((string name, string help, string labels, double value) in gauges.Append(("process_resident_memory_bytes", "Resident memory of the hub", "", Environment.WorkingSet)))
        {
            if (name != last)
            {
                Head(text, name, "gauge", help);
                last = name;
            }

            Line(text, name, labels, value);
        }

        return text.ToString();
    }

    private static void Simple(StringBuilder text, string name, string help, double value)
    {
        Head(text, name, "counter", help);
        Line(text, name, "", value);
    }

    private static void Head(StringBuilder text, string name, string type, string help) => text.Append($"# HELP {name} {help}\n# TYPE {name} {type}\n");

    private static void Line(StringBuilder text, string name, string labels, double value) =>
        text.Append(CultureInfo.InvariantCulture, $"{name}{(labels.Length > 0 ? $"{{{labels}}}" : "")} {value}\n");

    private static string Word(string text) => char.ToLowerInvariant(text[0]) + text[1..];
}
