using System.Text.Json;
using Talos.Cosi;
using Talos.Pki;
using Talos.Resources.Config;
using Talos.Resources.Runtime;
using Talos.Resources.Secrets;
using Talos.Rpc.Authorization;
using Talos.Rpc.Tls;
using Talos.Secrets.Ports;
using Talos.Secrets.Rules;

namespace Talos.Secrets.Controllers;

/// <summary>Hands apid and trustd their secrets and asks for both to run.</summary>
/// <remarks>The daemons take a changed file by themselves: a new certificate restarts nothing.</remarks>
internal sealed class DaemonController(ISecretFiles files, TimeProvider time) : IController
{
    private ApidSecrets? _written;

    /// <inheritdoc/>
    public string Name => "secrets.DaemonController";

    /// <inheritdoc/>
    public IReadOnlyList<ControllerInput> Inputs { get; } =
    [
        ControllerInput.Weak<OsRootSecret>(), ControllerInput.Weak<MaintenanceRootSecret>(), ControllerInput.Weak<CertSan>(),
        ControllerInput.Weak<ApiCertificate>(), ControllerInput.Weak<TrustdCertificate>(), ControllerInput.Weak<ConfigStatus>(),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<ControllerOutput> Outputs { get; } = [ControllerOutput.Shared<ServiceSpec>()];

    /// <inheritdoc/>
    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        // Until STATE was read nobody knows whose node this is: nobody listens.
        if (context.Find<ConfigStatus>(ConfigStatus.Id) is not { Phase: ResourcePhase.Running, Spec: var config })
        {
            return;
        }

        if (context.Find<CertSan>(CertSan.Api)?.Spec is not { } names)
        {
            return;
        }

        if ((Apid(context, config, names) ?? Closed()) is { } apid)
        {
            _written = apid;
            files.Write(ApidSecrets.DefaultPath, JsonSerializer.SerializeToUtf8Bytes(apid, DaemonSecretsJson.Default.ApidSecrets), user: 0);
            await context.WriteAsync(DaemonServices.Apid, DaemonServices.Spec(DaemonServices.Apid, DaemonServices.ApidPort, ApidSecrets.DefaultPath), ct);
        }

        if (Trustd(context) is { } trustd)
        {
            files.Write(TrustdSecrets.DefaultPath, JsonSerializer.SerializeToUtf8Bytes(trustd, DaemonSecretsJson.Default.TrustdSecrets), DaemonRights.TrustdUser);
            await context.WriteAsync(DaemonServices.Trustd, DaemonServices.Spec(DaemonServices.Trustd, DaemonServices.TrustdPort, TrustdSecrets.DefaultPath), ct);
        }
        else
        {
            await context.DestroyAsync<ServiceSpec>(DaemonServices.Trustd, ct);
            files.Remove(TrustdSecrets.DefaultPath);
        }
    }

    private ApidSecrets? Apid(IControllerContext context, ConfigStatus config, CertSan names)
    {
        if (context.Find<ApiCertificate>(ApiCertificate.Id) is { Phase: ResourcePhase.Running, Spec: var api })
        {
            return new ApidSecrets
            {
                Admission = Admission.Members,
                Authorities = api.AcceptedCas,
                Certificate = api.Server.Crt,
                Key = api.Server.Key,
                ClientCertificate = api.Client.Crt,
                ClientKey = api.Client.Key,
                LocalNames = names.Own,
            };
        }

        return config.Maintenance && context.Find<MaintenanceRootSecret>(MaintenanceRootSecret.Id) is { Phase: ResourcePhase.Running, Spec: var root }
            ? Maintenance(root, names)
            : null;
    }

    // Between two states of the node, and for as long as no certificate can be had, apid listens and refuses: it never goes on with
    // who was let in before. A daemon that was not started yet is not started for that.
    private ApidSecrets? Closed() => _written is null ? null : _written with
    {
        Admission = Admission.Closed, Authorities = "", ClientCertificate = "", ClientKey = "",
    };

    private ApidSecrets Maintenance(MaintenanceRootSecret root, CertSan names)
    {
        FloorClock clock = new(time, root.Ca.Crt);
        var authority = CertificateAuthority.Load(new CertificateAndKey(root.Ca.Crt, new Secret(root.Ca.Key)), clock);
        string request = CertificateSigningRequest.Create(
            PrivateKey.FromPem(root.ServerKey), [], AuthorityOptions.Maintenance.CommonName, SubjectNames.Parse(names.Names));
        return new ApidSecrets
        {
            Admission = Admission.Maintenance,
            Authorities = "",
            Certificate = authority.SignServer(CertificateSigningRequest.Parse(request), CertificateAuthority.AuthorityLifetime),
            Key = root.ServerKey,
            ClientCertificate = "",
            ClientKey = "",
            LocalNames = names.Own,
        };
    }

    private static TrustdSecrets? Trustd(IControllerContext context)
    {
        if (context.Find<TrustdCertificate>(TrustdCertificate.Id) is not { Phase: ResourcePhase.Running, Spec: var certificate }
            || context.Find<OsRootSecret>(OsRootSecret.Id) is not { Phase: ResourcePhase.Running, Spec: { IssuingCa.Key.Length: > 0, Token.Length: > 0 } root })
        {
            return null;
        }

        return new TrustdSecrets
        {
            Certificate = certificate.Server.Crt,
            Key = certificate.Server.Key,
            IssuerCertificate = root.IssuingCa.Crt,
            IssuerKey = root.IssuingCa.Key,
            Authorities = root.AcceptedCas,
            Token = root.Token,

            // Of every host, and so of no node of the control plane alone.
            Reserved = [.. (context.Find<CertSan>(CertSan.Api)?.Spec.Names ?? []).Except(Names.Always)],
            Endpoint = root.TrustdHosts is [var host, ..] ? host : "",
        };
    }
}
