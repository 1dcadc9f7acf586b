using Talos.Fleet.Sparkplug.Wire;

namespace Talos.Fleet.Sparkplug.Tests;

/// <summary>A host application that takes every message and fails at the first one against the rules.</summary>
internal sealed class StrictHost
{
    private readonly Dictionary<ulong, (string Device, string Metric)> _aliases = [];
    private byte? _seq;

    /// <summary>Devices that are there, with the last value of each metric; null is null.</summary>
    public Dictionary<string, Dictionary<string, object?>> Devices { get; } = new(StringComparer.Ordinal);

    public long? BdSeq { get; private set; }

    public int Births { get; private set; }

    public void Take(IEnumerable<SparkplugMessage> messages)
    {
        foreach (SparkplugMessage message in messages)
        {
            Take(message);
        }
    }

    private void Take(SparkplugMessage message)
    {
        string[] topic = message.Topic.Split('/');
        Payload payload = Payload.Parser.ParseFrom(message.Payload);
        Assert.Equal(["spBv1.0", "g"], topic[..2]);
        Assert.Equal("e", topic[3]);
        Assert.True(payload.HasTimestamp);
        if (topic[2] == "NDEATH")
        {
            Assert.False(payload.HasSeq);
            Assert.Equal(BdSeq, Number(payload));
            Devices.Clear();
            _seq = null;
            return;
        }

        Assert.True(payload.HasSeq);
        Assert.Equal(topic[2] == "NBIRTH" ? 0UL : (byte)(_seq!.Value + 1), payload.Seq);
        _seq = (byte)payload.Seq;
        switch (topic[2])
        {
            case "NBIRTH":
                BdSeq = Number(payload);
                Assert.False(Assert.Single(payload.Metrics, m => m.Name == EdgeNode.Rebirth).BooleanValue);
                Devices.Clear();
                Births++;
                break;
            case "DBIRTH":
                Devices[topic[4]] = payload.Metrics.ToDictionary(m => m.Name, m =>
                {
                    Assert.True(m.HasAlias);
                    Assert.True(_aliases.TryAdd(m.Alias, (topic[4], m.Name)) || _aliases[m.Alias] == (topic[4], m.Name), $"alias {m.Alias} is {_aliases[m.Alias]}");
                    return Value(m);
                });
                break;
            case "DDATA":
                Assert.NotEmpty(payload.Metrics);
                foreach (Metric metric in payload.Metrics)
                {
                    Assert.False(metric.HasName);
                    (string device, string name) = _aliases[metric.Alias];
                    Assert.Equal(topic[4], device);
                    Assert.True(Devices[device].ContainsKey(name));
                    Assert.NotEqual(Devices[device][name], Value(metric));
                    Devices[device][name] = Value(metric);
                }

                break;
            case "DDEATH":
                Assert.Empty(payload.Metrics);
                Assert.True(Devices.Remove(topic[4]));
                break;
            default:
                Assert.Fail($"topic {message.Topic}");
                break;
        }
    }

    private static long Number(Payload payload) => (long)Assert.Single(payload.Metrics, m => m.Name == "bdSeq" && m.Datatype == 4).LongValue;

    private static object? Value(Metric m) => m switch
    {
        { IsNull: true } => null,
        { Datatype: 4, ValueCase: Metric.ValueOneofCase.LongValue } => (long)m.LongValue,
        { Datatype: 10, ValueCase: Metric.ValueOneofCase.DoubleValue } => m.DoubleValue,
        { Datatype: 11, ValueCase: Metric.ValueOneofCase.BooleanValue } => m.BooleanValue,
        { Datatype: 12, ValueCase: Metric.ValueOneofCase.StringValue } => m.StringValue,
        _ => throw new InvalidOperationException($"{m.Name}: type {m.Datatype} with {m.ValueCase}"),
    };
}
