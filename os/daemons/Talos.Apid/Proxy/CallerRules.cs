using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Talos.Apid.Hosting;
using Talos.Rpc.Authorization;

namespace Talos.Apid.Proxy;

/// <summary>Whether a caller is let in, at the beginning of a call and as long as it lasts.</summary>
internal static class CallerRules
{
    private const string BringsTheConfig = "/machine.MachineService/ApplyConfiguration";

    /// <summary>Why a caller is not let in; null when it is.</summary>
    public static Status? Refuse(Caller caller, string method, ApidIdentity now) =>
        AdmissionRules.Refuse(method, caller.IsAnonymous || now.Admission is Admission.Closed, caller.Roles, now.Admission)
        ?? (caller.Certificate is { } certificate ? OfCertificate(certificate, now) : null);

    /// <summary>Why an open call ends; null when it goes on. The call that brings the config outlives the maintenance that it ends.</summary>
    public static Status? StillIn(Caller caller, string method, ApidIdentity now) =>
        caller.IsAnonymous && method == BringsTheConfig ? null : Refuse(caller, method, now);

    private static Status? OfCertificate(X509Certificate2 certificate, ApidIdentity now) =>
        now.Members.Refuse(certificate) is { } reason
            ? new Status(StatusCode.Unauthenticated, $"the client certificate does not count any more: {reason}")
            : null;
}
