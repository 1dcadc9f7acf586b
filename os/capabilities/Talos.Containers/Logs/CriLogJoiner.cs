using System.Buffers;

namespace Talos.Containers.Logs;

/// <summary>Cuts a log file into lines and joins what a container wrote as one line.</summary>
internal sealed class CriLogJoiner
{
    /// <summary>A longer line is passed on in pieces.</summary>
    public const int MaxLine = 128 << 10;

    private readonly ArrayBufferWriter<byte> _unfinished = new();
    private readonly Dictionary<string, ArrayBufferWriter<byte>> _partial = new(StringComparer.Ordinal);

    /// <summary>Takes the next bytes of the file and gives the lines that are whole now, each with its line feed.</summary>
    public ReadOnlyMemory<byte> Add(ReadOnlySpan<byte> bytes)
    {
        ArrayBufferWriter<byte> output = new(Math.Max(bytes.Length, 256));
        while (bytes.IndexOf((byte)'\n') is var end and >= 0)
        {
            if (_unfinished.WrittenCount == 0)
            {
                Line(bytes[..end], output);
            }
            else
            {
                _unfinished.Write(bytes[..end]);
                Line(_unfinished.WrittenSpan, output);
                _unfinished.ResetWrittenCount();
            }

            bytes = bytes[(end + 1)..];
        }

        _unfinished.Write(bytes);
        if (_unfinished.WrittenCount > MaxLine)
        {
            output.Write(_unfinished.WrittenSpan);
            _unfinished.ResetWrittenCount();
        }

        return output.WrittenMemory;
    }

    /// <summary>What is left at the end of a file that is not followed.</summary>
    public ReadOnlyMemory<byte> Finish()
    {
        ArrayBufferWriter<byte> output = new();
        if (_unfinished.WrittenCount > 0)
        {
            Line(_unfinished.WrittenSpan, output);
            _unfinished.ResetWrittenCount();
        }

        foreach (ArrayBufferWriter<byte> rest in _partial.Values)
        {
            output.Write(rest.WrittenSpan);
            output.Write("\n"u8);
        }

        _partial.Clear();
        return output.WrittenMemory;
    }

    private void Line(ReadOnlySpan<byte> line, ArrayBufferWriter<byte> output)
    {
        if (!CriLogLine.TryParse(line, out CriLogLine parsed))
        {
            output.Write(line);
            output.Write("\n"u8);
            return;
        }

        string stream = parsed.Head.EndsWith("stderr"u8) ? "stderr" : "stdout";
        if (!_partial.TryGetValue(stream, out ArrayBufferWriter<byte>? joined))
        {
            if (!parsed.IsPartial)
            {
                output.Write(line);
                output.Write("\n"u8);
                return;
            }

            joined = _partial[stream] = new ArrayBufferWriter<byte>();
            joined.Write(parsed.Head);
            joined.Write(" F "u8);
        }

        joined.Write(parsed.Content);
        if (!parsed.IsPartial || joined.WrittenCount > MaxLine)
        {
            output.Write(joined.WrittenSpan);
            output.Write("\n"u8);
            _partial.Remove(stream);
        }
    }
}
