using System.Net;
using Microsoft.AspNetCore.Connections;
using Talos.Fleet.Hub.Rest;

namespace Talos.Fleet.Hub.Connections;

/// <summary>The bounds of HTTPS: connections that show nothing, and requests of callers without a certificate.</summary>
internal static class HttpsGate
{
    public static GateLimits Limits(HubOptions options, DescriptorBudget budget) =>
        new(budget.Https, Math.Max(1, budget.Https / 2), options.WaitingPerAddress, Math.Max(1, budget.Https * 3 / 4), options.WaitingPerAddress);

    /// <summary>Counts a connection from the moment it is accepted.</summary>
    public static ConnectionDelegate Count(ConnectionGate gate, ConnectionDelegate next) => async connection =>
    {
        using ConnectionGate.Ticket? ticket = gate.Enter((connection.RemoteEndPoint as IPEndPoint)?.Address, () => connection.Abort());
        if (ticket is null)
        {
            connection.Abort();
            return;
        }

        connection.Features.Set(ticket);
        await next(connection);
    };

    /// <summary>Counts a request; a connection with a certificate of the fleet is kept.</summary>
    public static async Task CountAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<ConnectionGate.Ticket>() is not { } ticket || ticket.IsKept || (await IsKnownAsync(context) && ticket.Keep()))
        {
            await next(context);
            return;
        }

        if (!ticket.BeginRequest())
        {
            context.Response.Headers.Connection = "close";
            throw new RequestException(
                StatusCodes.Status503ServiceUnavailable, "too many requests without a certificate of the fleet are under way, of this address or in total; try again later (--waiting-per-address)");
        }

        try
        {
            await next(context);
        }
        finally
        {
            ticket.EndRequest();
        }
    }

    private static async Task<bool> IsKnownAsync(HttpContext context) =>
        await context.Connection.GetClientCertificateAsync() is { } certificate && context.RequestServices.GetRequiredService<Access>().IsGood(certificate);
}
