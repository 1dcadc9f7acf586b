using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Talos.Api.Security;
using Talos.Pki;
using Talos.Rpc.Hosting;
using Talos.Rpc.Tls;
using Talos.Secrets.Rules;

namespace Talos.Secrets.Ports;

/// <summary>trustd over the network.</summary>
internal sealed class Trustd(TimeProvider time) : ITrustd
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    public async Task<(string Certificate, string Authorities)> IssueAsync(
        string host, string request, string token, string authorities, CancellationToken ct)
    {
        using GrpcChannel channel = Channels.Tls(
            host, DaemonServices.TrustdPort, ClientTls.Trusting(null, Certificates.ReadBundle(authorities), time));
        SecurityService.SecurityServiceClient client = new(channel);

        // By the monotonic clock: a gRPC deadline is a date, and the clock is often set right after the start.
        using CancellationTokenSource over = new(Timeout, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, ct);
        try
        {
            CertificateResponse response = await client.CertificateAsync(
                new CertificateRequest { Csr = ByteString.CopyFromUtf8(request) },
                new Metadata { { "token", token } },
                cancellationToken: either.Token);
            return (response.Crt.ToStringUtf8(), response.Ca.ToStringUtf8());
        }
        catch (Exception e) when (e is RpcException { StatusCode: StatusCode.Cancelled } or OperationCanceledException && over.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.DeadlineExceeded, $"trustd on {host} did not answer within {Timeout.TotalSeconds} s"));
        }
    }
}
