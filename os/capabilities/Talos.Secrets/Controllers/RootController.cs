using Microsoft.Extensions.Logging;
using Talos.Config;
using Talos.Cosi;
using Talos.Pki;
using Talos.Resources.Config;
using Talos.Resources.Secrets;

namespace Talos.Secrets.Controllers;

/// <summary>Takes the API's authority from the config; when STATE was read and holds no config, it makes up one for the maintenance mode.</summary>
internal sealed partial class RootController(TimeProvider time, ILogger<RootController> log) : IController
{
    /// <inheritdoc/>
    public string Name => "secrets.RootController";

    /// <inheritdoc/>
    public IReadOnlyList<ControllerInput> Inputs { get; } = [ControllerInput.Weak<MachineConfig>(), ControllerInput.Weak<ConfigStatus>()];

    /// <inheritdoc/>
    public IReadOnlyList<ControllerOutput> Outputs { get; } =
        [ControllerOutput.Exclusive<OsRootSecret>(), ControllerOutput.Exclusive<MaintenanceRootSecret>()];

    /// <inheritdoc/>
    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        MachineConfiguration? configuration = ActiveConfig.Find(context);
        if (configuration is { IsComplete: true, Ca: { } authority })
        {
            await context.WriteAsync(OsRootSecret.Id, From(configuration, authority), ct);
            await context.DestroyAsync<MaintenanceRootSecret>(MaintenanceRootSecret.Id, ct);
            return;
        }

        await context.DestroyAsync<OsRootSecret>(OsRootSecret.Id, ct);
        if (context.Find<ConfigStatus>(ConfigStatus.Id) is not { Phase: ResourcePhase.Running, Spec.Maintenance: true })
        {
            // Not read yet, or damaged: the node may be somebody's.
            await context.DestroyAsync<MaintenanceRootSecret>(MaintenanceRootSecret.Id, ct);
            return;
        }

        if (context.Find<MaintenanceRootSecret>(MaintenanceRootSecret.Id) is null)
        {
            var made = CertificateAuthority.Create(AuthorityOptions.Maintenance, time);
            var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
            LogFingerprint(Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(key.SubjectPublicKeyInfo.Span)));
            MaintenanceRootSecret root = new()
            {
                Ca = new PemPair(made.CertificatePem, made.Pair.KeyPem.Reveal()),
                ServerKey = key.ToPem().Reveal(),
            };
            await context.WriteAsync(MaintenanceRootSecret.Id, root, ct);
        }
    }

    private static OsRootSecret From(MachineConfiguration configuration, CertificateAndKey authority) => new()
    {
        IssuingCa = new PemPair(authority.CertificatePem, authority.KeyPem.Reveal()),
        AcceptedCas = Certificates.Bundle([authority.CertificatePem, .. configuration.AcceptedCas]),
        Token = configuration.Token.Reveal(),
        TrustdHosts = configuration.Cluster.Endpoint is { } endpoint ? [endpoint.IdnHost] : [],
    };

    [LoggerMessage(LogLevel.Information, "Maintenance: the fingerprint of the API's certificate is {Fingerprint}")]
    private partial void LogFingerprint(string fingerprint);
}
