using System.Buffers;
using System.Net.Http.Headers;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Talos.Apid.Proxy;

/// <summary>Passes a call on to one backend and its answer back, frames, headers and trailers unread.</summary>
internal static class Forwarder
{
    private const int LeastRead = 4096;

    private static readonly HashSet<string> Dropped = new(StringComparer.OrdinalIgnoreCase)
    {
        "connection", "content-length", "content-type", "date", "keep-alive", "server", "trailer", "transfer-encoding",
    };

    public static async Task ForwardAsync(HttpContext context, Backend backend, Caller caller, CancellationToken ct)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using BodyContent body = new(context.Request.Body, ending.Token);
        using HttpRequestMessage request = ForwardedCall.Build(context.Request, backend, caller, body);
        try
        {
            using HttpResponseMessage answer = await backend.Invoker.SendAsync(request, ct);
            await PassBackAsync(context.Response, answer, ct);
        }
        catch (Exception e) when (e is HttpRequestException or IOException && !ct.IsCancellationRequested)
        {
            Reply.End(context.Response, TooLong(e) is { } tooLong ? Reply.Of(tooLong) : GrpcStatus.FromTransport(e, backend.Name));
        }
        finally
        {
            await ending.CancelAsync();
        }
    }

    // What the body's reader throws comes back in what the sender throws.
    private static BadHttpRequestException? TooLong(Exception error)
    {
        for (Exception? e = error; e is not null; e = e.InnerException)
        {
            if (e is BadHttpRequestException bad)
            {
                return bad;
            }
        }

        return null;
    }

    private static async Task PassBackAsync(HttpResponse response, HttpResponseMessage answer, CancellationToken ct)
    {
        if (answer.StatusCode is not System.Net.HttpStatusCode.OK)
        {
            Reply.End(response, GrpcStatus.Read(answer.Headers) ?? GrpcStatus.FromHttp((int)answer.StatusCode));
            return;
        }

        Copy(answer.Headers, response);
        Copy(answer.Content.Headers, response);
        if (answer.Headers.Contains(GrpcStatus.CodeHeader))
        {
            // The status is in the headers: there are neither messages nor trailers.
            return;
        }

        await response.StartAsync(ct);
        await using Stream messages = await answer.Content.ReadAsStreamAsync(ct);
        while (true)
        {
            int count = await messages.ReadAsync(response.BodyWriter.GetMemory(LeastRead), ct);
            if (count == 0)
            {
                break;
            }

            response.BodyWriter.Advance(count);
            await response.BodyWriter.FlushAsync(ct);
        }

        if (GrpcStatus.Read(answer.TrailingHeaders) is null)
        {
            Reply.End(response, new Status(StatusCode.Unavailable, "the node ended its answer without a status"));
            return;
        }

        foreach ((string name, IEnumerable<string> values) in answer.TrailingHeaders)
        {
            response.AppendTrailer(name, values.ToArray());
        }
    }

    private static void Copy(HttpHeaders from, HttpResponse to)
    {
        foreach ((string name, HeaderStringValues values) in from.NonValidated)
        {
            if (!Dropped.Contains(name))
            {
                to.Headers[name] = values.ToArray();
            }
        }
    }
}
