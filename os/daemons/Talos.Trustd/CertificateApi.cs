using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Talos.Api.Security;
using Talos.Pki;
using Talos.Rpc.Errors;
using Talos.Rpc.Tls;

namespace Talos.Trustd;

/// <summary>Issues server certificates to nodes that know the token; a request for roles gets none.</summary>
internal sealed partial class CertificateApi(Func<TrustdSecrets> secrets, CallBudget budget, TimeProvider time, ILogger<CertificateApi> log)
    : SecurityService.SecurityServiceBase
{
    private const string TokenKey = "token";

    public override Task<CertificateResponse> Certificate(CertificateRequest request, ServerCallContext context)
    {
        if (!budget.TryTake())
        {
            throw new RpcException(new Status(StatusCode.ResourceExhausted, "too many requests, try again later"));
        }

        TrustdSecrets now = secrets();
        if (!IsToken(context.RequestHeaders.GetValue(TokenKey), now.Token))
        {
            LogRefused(context.Peer);
            throw new RpcException(new Status(StatusCode.Unauthenticated, "the token is not that of this cluster"));
        }

        CertificateSigningRequest wanted = Parse(request.Csr.ToStringUtf8());
        var authority = CertificateAuthority.Load(new CertificateAndKey(now.IssuerCertificate, new Secret(now.IssuerKey)), time);
        string certificate = authority.SignServer(wanted, CertificateAuthority.NodeLifetime);
        LogIssued(context.Peer, string.Join(' ', [.. wanted.Names.DnsNames, .. wanted.Names.Addresses.Select(a => a.ToString())]));
        return Task.FromResult(new CertificateResponse
        {
            Ca = ByteString.CopyFromUtf8(now.Authorities),
            Crt = ByteString.CopyFromUtf8(certificate),
        });
    }

    private static CertificateSigningRequest Parse(string pem)
    {
        try
        {
            var request = CertificateSigningRequest.Parse(pem);
            return request.Names.IsEmpty ? throw new InvalidRequestException("csr", "names neither a host nor an address") : request;
        }
        catch (PkiException e)
        {
            throw new InvalidRequestException("csr", e.Message);
        }
    }

    // Digests have one length, so the comparison takes one time.
    private static bool IsToken(string? given, string wanted) => CryptographicOperations.FixedTimeEquals(
        SHA256.HashData(Encoding.UTF8.GetBytes(given ?? "")), SHA256.HashData(Encoding.UTF8.GetBytes(wanted)));

    [LoggerMessage(LogLevel.Information, "Certificate issued to {Peer} for {Names}")]
    private partial void LogIssued(string peer, string names);

    [LoggerMessage(LogLevel.Warning, "Request of {Peer} refused: wrong token")]
    private partial void LogRefused(string peer);
}
