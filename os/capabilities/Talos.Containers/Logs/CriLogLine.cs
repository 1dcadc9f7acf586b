using System.Text;

namespace Talos.Containers.Logs;

/// <summary>One line of a container's log file.</summary>
/// <remarks>Source: Kubernetes, container runtime interface logging: <c>TIME STREAM TAG CONTENT</c>.</remarks>
internal readonly ref struct CriLogLine
{
    private CriLogLine(ReadOnlySpan<byte> head, bool partial, ReadOnlySpan<byte> content)
    {
        Head = head;
        IsPartial = partial;
        Content = content;
    }

    /// <summary>Time and stream, such as <c>2026-01-02T03:04:05.6Z stdout</c>.</summary>
    public ReadOnlySpan<byte> Head { get; }

    /// <summary>Whether the next line goes on with the same line of output.</summary>
    public bool IsPartial { get; }

    /// <summary>What the container wrote, without line feed.</summary>
    public ReadOnlySpan<byte> Content { get; }

    /// <summary>Reads a line without its line feed; false when it has another form.</summary>
    public static bool TryParse(ReadOnlySpan<byte> line, out CriLogLine parsed)
    {
        parsed = default;
        int time = line.IndexOf((byte)' ');
        if (time < 20 || line[4] != '-' || line[10] != 'T')
        {
            return false;
        }

        ReadOnlySpan<byte> rest = line[(time + 1)..];
        if (!rest.StartsWith("stdout "u8) && !rest.StartsWith("stderr "u8))
        {
            return false;
        }

        ReadOnlySpan<byte> tagged = rest[7..];
        int end = tagged.IndexOf((byte)' ');
        ReadOnlySpan<byte> tags = end < 0 ? tagged : tagged[..end];
        if (tags.IsEmpty || (tags[0] != 'P' && tags[0] != 'F'))
        {
            return false;
        }

        parsed = new CriLogLine(line[..(time + 7)], tags[0] == 'P', end < 0 ? default : tagged[(end + 1)..]);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Encoding.UTF8.GetString(Head)} {(IsPartial ? 'P' : 'F')} {Encoding.UTF8.GetString(Content)}";
}
