using Google.Protobuf;
using Talos.Fleet.Sparkplug.Wire;

namespace Talos.Fleet.Sparkplug;

/// <summary>Makes payloads.</summary>
internal static class PayloadWriter
{
    private const string Sequence = "bdSeq";
    private const string Unit = "engUnit";

    /// <summary>The death of an edge node: it has no seq.</summary>
    public static byte[] NodeDeath(byte bdSeq, DateTimeOffset now)
    {
        Payload payload = new() { Timestamp = Milliseconds(now) };
        payload.Metrics.Add(Born(new SparkplugMetric(Sequence, SparkplugValue.Of((long)bdSeq)), null, now));
        return payload.ToByteArray();
    }

    public static byte[] NodeBirth(byte bdSeq, byte seq, DateTimeOffset now)
    {
        Payload payload = New(seq, now);
        payload.Metrics.Add(Born(new SparkplugMetric(Sequence, SparkplugValue.Of((long)bdSeq)), null, now));

        // A host asks for this one by its name: it has no alias.
        payload.Metrics.Add(Born(new SparkplugMetric(EdgeNode.Rebirth, SparkplugValue.Of(false)), null, now));
        return payload.ToByteArray();
    }

    public static byte[] DeviceBirth(IEnumerable<(ulong Alias, SparkplugMetric Metric)> metrics, byte seq, DateTimeOffset now)
    {
        Payload payload = New(seq, now);
        payload.Metrics.AddRange(metrics.Select(m => Born(m.Metric, m.Alias, now)));
        return payload.ToByteArray();
    }

    public static byte[] DeviceData(IEnumerable<(ulong Alias, SparkplugValue Value)> changed, byte seq, DateTimeOffset now)
    {
        Payload payload = New(seq, now);
        payload.Metrics.AddRange(changed.Select(c => With(new Metric { Alias = c.Alias, Timestamp = Milliseconds(now) }, c.Value)));
        return payload.ToByteArray();
    }

    public static byte[] DeviceDeath(byte seq, DateTimeOffset now) => New(seq, now).ToByteArray();

    private static Payload New(byte seq, DateTimeOffset now) => new() { Timestamp = Milliseconds(now), Seq = seq };

    private static Metric Born(SparkplugMetric metric, ulong? alias, DateTimeOffset now)
    {
        Metric born = new() { Name = metric.Name, Timestamp = Milliseconds(now) };
        if (alias is { } number)
        {
            born.Alias = number;
        }

        if (metric.Unit is { } unit)
        {
            born.Properties = new PropertySet { Keys = { Unit }, Values = { new PropertyValue { Type = (uint)SparkplugType.String, StringValue = unit } } };
        }

        return With(born, metric.Value);
    }

    private static Metric With(Metric metric, SparkplugValue value)
    {
        metric.Datatype = (uint)value.Type;
        switch (value)
        {
            case { IsNull: true }:
                metric.IsNull = true;
                break;
            case { Type: SparkplugType.Double }:
                metric.DoubleValue = BitConverter.Int64BitsToDouble(value.Bits);
                break;
            case { Type: SparkplugType.Boolean }:
                metric.BooleanValue = value.Bits != 0;
                break;
            case { Type: SparkplugType.String }:
                metric.StringValue = value.Text!;
                break;
            default:
                metric.LongValue = unchecked((ulong)value.Bits);
                break;
        }

        return metric;
    }

    private static ulong Milliseconds(DateTimeOffset time) => (ulong)time.ToUnixTimeMilliseconds();
}
