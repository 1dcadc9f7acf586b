using System.Globalization;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Talos.Apid.Proxy;

/// <summary>Answers that apid gives itself.</summary>
internal static class Reply
{
    /// <summary>What a broken connection is to the caller; Kestrel tells with one that the request is longer than allowed.</summary>
    public static Status Of(IOException error) => error is BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }
        ? new Status(StatusCode.ResourceExhausted, "the request is longer than this method takes")
        : new Status(StatusCode.Unavailable, error.Message);

    /// <summary>Ends the answer with a status: in the headers when nothing was sent yet, else in the trailers.</summary>
    public static void End(HttpResponse response, Status status)
    {
        string code = ((int)status.StatusCode).ToString(CultureInfo.InvariantCulture);
        string message = GrpcStatus.Encode(status.Detail);
        if (response.HasStarted)
        {
            response.AppendTrailer(GrpcStatus.CodeHeader, code);
            response.AppendTrailer(GrpcStatus.MessageHeader, message);
            return;
        }

        response.Headers[GrpcStatus.CodeHeader] = code;
        if (message.Length > 0)
        {
            response.Headers[GrpcStatus.MessageHeader] = message;
        }
    }
}
