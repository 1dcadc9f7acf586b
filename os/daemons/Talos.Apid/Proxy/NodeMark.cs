using Google.Protobuf;
using Grpc.Core;
using RpcStatus = Talos.Api.Rpc.Status;
using WireMetadata = Talos.Api.Common.Metadata;

namespace Talos.Apid.Proxy;

/// <summary>Marks answers with their node, without knowing their types: field 1 of each is the metadata.</summary>
/// <remarks>
/// An answer given once has the form <c>{1: repeated Msg}</c> with <c>Msg {1: Metadata}</c>; one of a stream is
/// the Msg itself. Fields of encoded messages may come in any order and a later one is merged, so the mark is appended.
/// </remarks>
internal static class NodeMark
{
    private const uint FirstFieldBytes = (1 << 3) | 2;

    /// <summary>Marks an answer that was given once.</summary>
    /// <exception cref="InvalidDataException">The answer is not an encoded message.</exception>
    public static byte[] Once(ReadOnlySpan<byte> answer, string node)
    {
        byte[] mark = Mark(new WireMetadata { Hostname = node });
        using MemoryStream result = new(answer.Length + mark.Length + 16);
        using CodedOutputStream output = new(result, leaveOpen: true);
        using CodedInputStream input = new(answer.ToArray());
        bool any = false;

        for (uint tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            if (tag != FirstFieldBytes)
            {
                throw new InvalidDataException($"tag {tag} in an answer that has field 1 only");
            }

            ByteString message = input.ReadBytes();
            WriteMessage(output, message.Span, mark);
            any = true;
        }

        if (!any)
        {
            WriteMessage(output, [], mark);
        }

        output.Flush();
        return result.ToArray();
    }

    /// <summary>Marks an answer of a stream.</summary>
    public static byte[] OfStream(ReadOnlySpan<byte> answer, string node) => [.. answer, .. Mark(new WireMetadata { Hostname = node })];

    /// <summary>An answer that says why a node gave none.</summary>
    /// <param name="node">The node.</param>
    /// <param name="status">What happened.</param>
    /// <param name="stream">Whether the method answers with a stream.</param>
    public static byte[] Failure(string node, Status status, bool stream)
    {
        byte[] mark = Mark(new WireMetadata
        {
            Hostname = node,
            Error = $"{status.StatusCode}: {status.Detail}",
            Status = new RpcStatus { Code = (int)status.StatusCode, Message = status.Detail },
        });
        if (stream)
        {
            return mark;
        }

        using MemoryStream result = new();
        using (CodedOutputStream output = new(result, leaveOpen: true))
        {
            WriteMessage(output, [], mark);
        }

        return result.ToArray();
    }

    private static byte[] Mark(WireMetadata metadata)
    {
        using MemoryStream result = new();
        using (CodedOutputStream output = new(result, leaveOpen: true))
        {
            output.WriteTag(FirstFieldBytes);
            output.WriteMessage(metadata);
        }

        return result.ToArray();
    }

    private static void WriteMessage(CodedOutputStream output, ReadOnlySpan<byte> message, byte[] mark)
    {
        output.WriteTag(FirstFieldBytes);
        output.WriteBytes(ByteString.CopyFrom([.. message, .. mark]));
    }
}
