using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Grpc.Core;

namespace Talos.Apid.Proxy;

/// <summary>The status of a call as it stands in headers and trailers.</summary>
internal static class GrpcStatus
{
    public const string CodeHeader = "grpc-status";
    public const string MessageHeader = "grpc-message";

    /// <summary>Reads a status; null when there is none.</summary>
    public static Status? Read(HttpHeaders headers)
    {
        if (!headers.TryGetValues(CodeHeader, out IEnumerable<string>? codes)
            || !int.TryParse(codes.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out int code))
        {
            return null;
        }

        string message = headers.TryGetValues(MessageHeader, out IEnumerable<string>? messages) ? string.Concat(messages) : "";
        return new Status((StatusCode)code, Uri.UnescapeDataString(message));
    }

    /// <summary>Encodes a message: printable ASCII without <c>%</c> stays, each other byte of the UTF-8 becomes <c>%XX</c>.</summary>
    /// <remarks>Source: gRPC over HTTP2, Status-Message.</remarks>
    public static string Encode(string message)
    {
        StringBuilder text = new(message.Length);
        foreach (byte b in Encoding.UTF8.GetBytes(message))
        {
            if (b is >= 0x20 and <= 0x7e and not (byte)'%')
            {
                text.Append((char)b);
            }
            else
            {
                text.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
            }
        }

        return text.ToString();
    }

    /// <summary>The status that stands for an HTTP answer without one. Source: gRPC, HTTP to gRPC Status Code Mapping.</summary>
    public static Status FromHttp(int status) => new(
        status switch
        {
            400 => StatusCode.Internal,
            401 => StatusCode.Unauthenticated,
            403 => StatusCode.PermissionDenied,
            404 => StatusCode.Unimplemented,
            429 or 502 or 503 or 504 => StatusCode.Unavailable,
            _ => StatusCode.Unknown,
        },
        $"the node answered with HTTP status {status}");

    /// <summary>The status of a call that did not reach its node or lost it.</summary>
    public static Status FromTransport(Exception error, string target)
    {
        Exception root = error;
        while (root.InnerException is { } inner)
        {
            root = inner;
        }

        return new Status(StatusCode.Unavailable, $"{target}: {root.Message}");
    }
}
