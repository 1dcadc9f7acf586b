using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.Primitives;
using Talos.Fleet.Api;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Hub.Rest;

/// <summary>What all routes share.</summary>
internal static class Routes
{
    public const string Base = "/api/v1";
    private const int MaxLimit = 1000;
    private static readonly TimeSpan LongestBody = TimeSpan.FromSeconds(20);

    /// <summary>Maps a route that needs a role; the caller is in the context's items.</summary>
    /// <param name="route">The route.</param>
    /// <param name="role">The role.</param>
    /// <param name="fromPage">Whether pages read it, with the sign-in of their person.</param>
    public static RouteHandlerBuilder Needs(this RouteHandlerBuilder route, FleetRole role, bool fromPage = false) => route
        .AddEndpointFilter(async (context, next) =>
        {
            Access access = context.HttpContext.RequestServices.GetRequiredService<Access>();
            context.HttpContext.Items[typeof(Caller)] = fromPage
                ? await access.RequireFromPageAsync(context.HttpContext, role)
                : await access.RequireAsync(context.HttpContext, role);
            return await next(context);
        })
        .WithDescription($"Role: {Identity.FleetAuthority.RoleWord(role)}")
        .ProducesProblems();

    public static RouteHandlerBuilder ProducesProblems(this RouteHandlerBuilder route) => route
        .Produces<HubError>(StatusCodes.Status400BadRequest).Produces<HubError>(StatusCodes.Status401Unauthorized)
        .Produces<HubError>(StatusCodes.Status403Forbidden).Produces<HubError>(StatusCodes.Status404NotFound);

    public static Caller Caller(this HttpContext context) => (Caller)context.Items[typeof(Caller)]!;

    public static int Limit(int? limit) => limit switch
    {
        null => 100,
        >= 1 and <= MaxLimit => limit.Value,
        _ => throw RequestException.Bad($"limit: {limit} is not within 1 and {MaxLimit}"),
    };

    /// <summary>Turns what is refused into its answer; everything else is our bug.</summary>
    public static async Task RefuseAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (RequestException e) when (!context.Response.HasStarted)
        {
            await WriteAsync(context, e.Status, e.Message);
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            await WriteAsync(context, e.StatusCode, e.InnerException is JsonException json ? $"body: {json.Message}" : e.Message);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client left.
        }
    }

    /// <summary>Reads a small body whole, in 20 s at most.</summary>
    public static async Task<byte[]> BodyAsync(HttpContext context, int max)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limit.CancelAfter(LongestBody);
        using MemoryStream body = new();
        byte[] buffer = ArrayPool<byte>.Shared.Rent(8192);
        try
        {
            for (int read; (read = await context.Request.Body.ReadAsync(buffer, limit.Token)) > 0;)
            {
                body.Write(buffer, 0, read);
                if (body.Length > max)
                {
                    throw new RequestException(StatusCodes.Status413PayloadTooLarge, $"body: more than {max} bytes");
                }
            }
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            throw new RequestException(StatusCodes.Status408RequestTimeout, $"body: did not come within {LongestBody.TotalSeconds} s");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return body.ToArray();
    }

    public static T Good<T>(Parsed<T> read)
        where T : class => read.IsGood ? read.Value : throw RequestException.Bad(read.Problem.Text);

    private static Task WriteAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = new StringValues("no-store");
        return context.Response.WriteAsJsonAsync(new HubError { Error = text }, HubJson.Default.HubError);
    }
}
