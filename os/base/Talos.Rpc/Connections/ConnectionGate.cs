using System.IO.Pipelines;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Talos.Rpc.Connections;

/// <summary>Stands before TLS: counts connections, ends those that say nothing, and lets no stranger keep others out.</summary>
/// <param name="limits">How many and for how long.</param>
/// <param name="time">The clock of the waits.</param>
public sealed class ConnectionGate(ConnectionLimits limits, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly ConnectionTable _table = new(limits);

    /// <summary>Strangers and members at present.</summary>
    public (int Strangers, int Members) Open
    {
        get
        {
            lock (_lock)
            {
                return (_table.Strangers, _table.Members);
            }
        }
    }

    /// <summary>Guards a listener; call it before TLS is added.</summary>
    public void Guard(ListenOptions listen)
    {
        ArgumentNullException.ThrowIfNull(listen);
        listen.Use(next => context => GuardAsync(context, next));
    }

    /// <summary>Takes those who showed a certificate off the strangers; call it after TLS was added.</summary>
    /// <param name="listen">The listener.</param>
    /// <param name="isPrivileged">Whether a certificate may use the reserved room.</param>
    public void Recognise(ListenOptions listen, Func<X509Certificate2, bool> isPrivileged)
    {
        ArgumentNullException.ThrowIfNull(listen);
        ArgumentNullException.ThrowIfNull(isPrivileged);
        listen.Use(next => context => RecogniseAsync(context, isPrivileged, next));
    }

    private async Task GuardAsync(ConnectionContext context, ConnectionDelegate next)
    {
        ConnectionTable.Connection connection;
        ConnectionTable.Connection? evicted;
        lock (_lock)
        {
            (connection, evicted) = _table.Add(PeerAddress.Key(context.RemoteEndPoint));
            connection.End = () => context.Abort(new ConnectionAbortedException("made room for another connection"));
        }

        evicted?.End?.Invoke();
        context.Items[typeof(ConnectionTable.Connection)] = connection;
        try
        {
            if (!await HasSpokenAsync(context))
            {
                context.Abort(new ConnectionAbortedException($"said nothing within {limits.FirstPacket.TotalSeconds:0} s"));
                return;
            }

            lock (_lock)
            {
                connection.HasSpoken = true;
            }

            await using ITimer? stay = limits.StrangerStay is { } longest ? time.CreateTimer(_ => EndStranger(connection), null, longest, Timeout.InfiniteTimeSpan) : null;
            await next(context);
        }
        finally
        {
            lock (_lock)
            {
                _table.Remove(connection);
            }
        }
    }

    private async Task RecogniseAsync(ConnectionContext context, Func<X509Certificate2, bool> isPrivileged, ConnectionDelegate next)
    {
        if (context.Features.Get<ITlsConnectionFeature>()?.ClientCertificate is { } certificate
            && context.Items[typeof(ConnectionTable.Connection)] is ConnectionTable.Connection connection)
        {
            string? refusal;
            lock (_lock)
            {
                refusal = _table.Recognise(connection, certificate.Thumbprint, isPrivileged(certificate));
            }

            if (refusal is not null)
            {
                context.Abort(new ConnectionAbortedException(refusal));
                return;
            }
        }

        await next(context);
    }

    // A first TLS record that is whole. Nothing is taken from what came: TLS reads it again.
    private async Task<bool> HasSpokenAsync(ConnectionContext context)
    {
        using CancellationTokenSource limit = new(limits.FirstPacket, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.ConnectionClosed);
        try
        {
            while (true)
            {
                ReadResult read = await context.Transport.Input.ReadAsync(ending.Token);
                bool? isWhole = FirstRecord.IsWhole(read.Buffer);
                context.Transport.Input.AdvanceTo(read.Buffer.Start, isWhole is true ? read.Buffer.Start : read.Buffer.End);
                if (isWhole is { } known)
                {
                    return known;
                }

                if (read.IsCompleted)
                {
                    return false;
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            return false;
        }
    }

    private void EndStranger(ConnectionTable.Connection connection)
    {
        bool isStranger;
        lock (_lock)
        {
            isStranger = connection.Node is not null;
        }

        if (isStranger)
        {
            connection.End?.Invoke();
        }
    }
}
