using System.Text;

namespace Talos.Linux;

/// <summary>An event of a kernel object.</summary>
/// <remarks>Source: Linux, lib/kobject_uevent.c; the text is <c>action@devpath</c>, then NUL-separated <c>KEY=value</c>.</remarks>
public sealed record Uevent
{
    private const int MostProperties = 64;

    /// <summary><c>add</c>, <c>remove</c>, <c>change</c>, <c>bind</c>, <c>move</c> and so on.</summary>
    public required string Action { get; init; }

    /// <summary>Path below /sys, beginning with a slash.</summary>
    public required string DevPath { get; init; }

    /// <summary>The properties, such as SUBSYSTEM, DEVNAME, MODALIAS.</summary>
    public required IReadOnlyDictionary<string, string> Properties { get; init; }

    /// <summary>The property's value; null when the event has none.</summary>
    public string? this[string property] => Properties.GetValueOrDefault(property);

    /// <summary>Reads a datagram of the kernel.</summary>
    /// <returns>Null for what is no kernel event, messages of udev daemons among them.</returns>
    public static Uevent? Parse(ReadOnlySpan<byte> datagram)
    {
        int end = datagram.IndexOf((byte)0);
        if (end < 0)
        {
            return null;
        }

        ReadOnlySpan<byte> head = datagram[..end];
        int at = head.IndexOf((byte)'@');
        if (at <= 0 || at + 1 >= head.Length || head[at + 1] != (byte)'/')
        {
            return null;
        }

        return new Uevent
        {
            Action = Encoding.UTF8.GetString(head[..at]),
            DevPath = Encoding.UTF8.GetString(head[(at + 1)..]),
            Properties = ParseProperties(datagram[(end + 1)..], (byte)0),
        };
    }

    /// <summary>Reads the text of a <c>uevent</c> file in /sys as if the object were added.</summary>
    /// <param name="devPath">Path below /sys, beginning with a slash.</param>
    /// <param name="text">Lines of <c>KEY=value</c>.</param>
    /// <param name="subsystem">Name of the subsystem; the file does not hold it.</param>
    public static Uevent FromFile(string devPath, ReadOnlySpan<byte> text, string? subsystem)
    {
        Dictionary<string, string> properties = ParseProperties(text, (byte)'\n');
        if (subsystem is not null)
        {
            properties["SUBSYSTEM"] = subsystem;
        }

        return new Uevent { Action = "add", DevPath = devPath, Properties = properties };
    }

    private static Dictionary<string, string> ParseProperties(ReadOnlySpan<byte> text, byte separator)
    {
        Dictionary<string, string> properties = new(StringComparer.Ordinal);
        while (!text.IsEmpty && properties.Count < MostProperties)
        {
            int end = text.IndexOf(separator);
            ReadOnlySpan<byte> line = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];

            int equals = line.IndexOf((byte)'=');
            if (equals > 0)
            {
                properties[Encoding.UTF8.GetString(line[..equals])] = Encoding.UTF8.GetString(line[(equals + 1)..]);
            }
        }

        return properties;
    }
}
