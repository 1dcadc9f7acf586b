using System.Net;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Talos.Api.Security;
using Talos.Pki;
using Talos.Rpc.Connections;
using Talos.Rpc.Errors;
using Talos.Rpc.Tls;
using Talos.Trustd.Rules;

namespace Talos.Trustd;

/// <summary>Issues server certificates to nodes that know the token, for names that are theirs; a request for roles gets none.</summary>
internal sealed partial class CertificateApi(
    Func<TrustdSecrets> secrets, GuessBudget guesses, NameHolders holders, ControlPlaneAddresses endpoint, TimeProvider time, ILogger<CertificateApi> log)
    : SecurityService.SecurityServiceBase
{
    private const string TokenKey = "token";

    public override async Task<CertificateResponse> Certificate(CertificateRequest request, ServerCallContext context)
    {
        // The token comes first: who does not know it costs a comparison and nothing else.
        TrustdSecrets now = secrets();
        IPAddress peer = context.GetHttpContext().Connection.RemoteIpAddress ?? IPAddress.None;
        if (!IsToken(context.RequestHeaders.GetValue(TokenKey), now.Token))
        {
            if (!guesses.TryTake(PeerAddress.Key(new IPEndPoint(peer, 0))))
            {
                throw new RpcException(new Status(StatusCode.ResourceExhausted, "too many wrong tokens from this address, try again later"));
            }

            LogRefused(context.Peer);
            throw new RpcException(new Status(StatusCode.Unauthenticated, "the token is not that of this cluster"));
        }

        CertificateSigningRequest wanted = Parse(request.Csr.ToStringUtf8());
        string key = Convert.ToHexStringLower(SHA256.HashData(wanted.SubjectPublicKeyInfo.Span));
        ReservedNames reserved = new(now.Reserved, await endpoint.OfAsync(now.Endpoint, context.CancellationToken));
        NameVerdict verdict = NameRules.Judge(wanted.Names, peer, reserved, name => holders.Other(name, peer, key));
        if (verdict.Refused.Count > 0)
        {
            LogNamesRefused(context.Peer, string.Join(", ", verdict.Refused));
        }

        if (verdict.Issued.IsEmpty)
        {
            throw new RpcException(new Status(
                StatusCode.PermissionDenied, $"csr: none of its names is one that the node at {NameRules.Bare(peer)} may have: {string.Join(", ", verdict.Refused)}"));
        }

        // A common name counts as a name where clients find no other: the request's is dropped.
        var authority = CertificateAuthority.Load(new CertificateAndKey(now.IssuerCertificate, new Secret(now.IssuerKey)), time);
        string certificate = authority.SignServer(wanted with { Names = verdict.Issued, CommonName = null }, CertificateAuthority.NodeLifetime);
        holders.Note(verdict.Issued.DnsNames, verdict.Issued.Addresses, peer, key);
        LogIssued(context.Peer, string.Join(' ', [.. verdict.Issued.DnsNames, .. verdict.Issued.Addresses.Select(a => a.ToString())]));
        return new CertificateResponse
        {
            Ca = ByteString.CopyFromUtf8(now.Authorities),
            Crt = ByteString.CopyFromUtf8(certificate),
        };
    }

    private static CertificateSigningRequest Parse(string pem)
    {
        try
        {
            var request = CertificateSigningRequest.Parse(pem);
            int names = request.Names.DnsNames.Count + request.Names.Addresses.Count;
            return names switch
            {
                0 => throw new InvalidRequestException("csr", "names neither a host nor an address"),
                > NameRules.MostNames => throw new InvalidRequestException("csr", $"{names} names and addresses are more than {NameRules.MostNames}"),
                _ => request,
            };
        }
        catch (PkiException e)
        {
            throw new InvalidRequestException("csr", e.Message);
        }
    }

    // Digests have one length, so the comparison takes one time.
    private static bool IsToken(string? given, string wanted) => wanted.Length > 0 && CryptographicOperations.FixedTimeEquals(
        SHA256.HashData(Encoding.UTF8.GetBytes(given ?? "")), SHA256.HashData(Encoding.UTF8.GetBytes(wanted)));

    [LoggerMessage(LogLevel.Information, "Certificate issued to {Peer} for {Names}")]
    private partial void LogIssued(string peer, string names);

    [LoggerMessage(LogLevel.Warning, "Names that {Peer} asked for are not issued: {Refused}")]
    private partial void LogNamesRefused(string peer, string refused);

    [LoggerMessage(LogLevel.Warning, "Request of {Peer} refused: wrong token")]
    private partial void LogRefused(string peer);
}
