using System.Buffers.Text;
using System.Text;

namespace Talos.Linux;

/// <summary>One record of the kernel log.</summary>
/// <param name="Priority">Urgency.</param>
/// <param name="Facility">Origin; 0 is the kernel.</param>
/// <param name="Sequence">Counts up by one a record since the boot.</param>
/// <param name="SinceBoot">Time on the kernel's monotonic clock.</param>
/// <param name="Message">Text, with <c>\xHH</c> for bytes that are no text.</param>
public sealed record KmsgRecord(KmsgPriority Priority, int Facility, ulong Sequence, TimeSpan SinceBoot, string Message)
{
    /// <summary>Parses <c>PREFIX,SEQUENCE,MICROSECONDS,FLAGS[,...];TEXT</c> and leaves out the dictionary lines; null when it is of another form.</summary>
    public static KmsgRecord? Parse(ReadOnlySpan<byte> record)
    {
        int semicolon = record.IndexOf((byte)';');
        if (semicolon < 0
            || !Utf8Parser.TryParse(record, out int prefix, out int used) || used >= semicolon || record[used] != ',')
        {
            return null;
        }

        ReadOnlySpan<byte> rest = record[(used + 1)..semicolon];
        if (!Utf8Parser.TryParse(rest, out ulong sequence, out used) || used >= rest.Length || rest[used] != ',')
        {
            return null;
        }

        rest = rest[(used + 1)..];
        if (!Utf8Parser.TryParse(rest, out long microseconds, out _) || prefix < 0 || microseconds is < 0 or > long.MaxValue / 10)
        {
            return null;
        }

        ReadOnlySpan<byte> text = record[(semicolon + 1)..];
        int end = text.IndexOf((byte)'\n');
        string message = Encoding.UTF8.GetString(end < 0 ? text : text[..end]);
        return new KmsgRecord((KmsgPriority)(prefix & 7), prefix >> 3, sequence, TimeSpan.FromTicks(microseconds * 10), message);
    }
}
