using Microsoft.Extensions.Logging;
using Talos.Cosi;
using Talos.Pki;
using Talos.Resources.Config;
using Talos.Resources.Secrets;
using Talos.Secrets.Ports;
using Talos.Secrets.Rules;

namespace Talos.Secrets.Controllers;

/// <summary>Keeps the API's certificates fresh: issued here where the CA's key is, by trustd of a control plane node elsewhere.</summary>
internal sealed partial class ApiCertificateController(
    ITrustd trustd, IKeptCertificate kept, TimeProvider time, ILogger<ApiCertificateController> log) : IController
{
    /// <inheritdoc/>
    public string Name => "secrets.ApiCertificateController";

    /// <inheritdoc/>
    public IReadOnlyList<ControllerInput> Inputs { get; } = [ControllerInput.Weak<OsRootSecret>(), ControllerInput.Weak<CertSan>(), ControllerInput.Weak<ConfigStatus>()];

    /// <inheritdoc/>
    public IReadOnlyList<ControllerOutput> Outputs { get; } =
        [ControllerOutput.Exclusive<ApiCertificate>(), ControllerOutput.Exclusive<TrustdCertificate>()];

    /// <inheritdoc/>
    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        if (context.Find<OsRootSecret>(OsRootSecret.Id) is not { Phase: ResourcePhase.Running, Spec: var root }
            || context.Find<CertSan>(CertSan.Api) is not { Spec.Names: var names })
        {
            await context.DestroyAsync<TrustdCertificate>(TrustdCertificate.Id, ct);
            await WithoutConfigAsync(context, ct);
            return;
        }

        context.RequeueAfter(Renewal.LookAgain);
        ApiCertificate? before = context.Find<ApiCertificate>(ApiCertificate.Id)?.Spec;
        bool isFresh = before is not null
            && before.IssuedBy == root.IssuingCa.Crt
            && (Renewal.IsFor(before.Server.Crt, names) || before.Asked == names)
            && !Renewal.IsDue(before.Server.Crt, time.GetUtcNow());
        if (root.IssuingCa.Key.Length > 0)
        {
            await IssueHereAsync(context, root, names, isFresh ? before : null, ct);
        }
        else
        {
            await IssueElsewhereAsync(context, root, names, isFresh ? before : null, ct);
        }
    }

    // A config that cannot be used says nothing of its CA; the certificate of before does, and lets its owner bring another config.
    private async Task WithoutConfigAsync(IControllerContext context, CancellationToken ct)
    {
        bool isDamaged = context.Find<ConfigStatus>(ConfigStatus.Id) is { Phase: ResourcePhase.Running, Spec.Damaged: true };
        ApiCertificate? certificate = context.Find<ApiCertificate>(ApiCertificate.Id)?.Spec;
        if (isDamaged && certificate is null && kept.Load() is { } before)
        {
            certificate = before;
            LogKept("the config cannot be used");
        }

        if (isDamaged && certificate is not null && !Renewal.IsOver(certificate.Server.Crt, time.GetUtcNow()))
        {
            context.RequeueAfter(Renewal.LookAgain);
            await context.WriteAsync(ApiCertificate.Id, certificate with { Client = PemPair.None }, ct);
            return;
        }

        await context.DestroyAsync<ApiCertificate>(ApiCertificate.Id, ct);
    }

    private async Task IssueHereAsync(IControllerContext context, OsRootSecret root, ValueList<string> names, ApiCertificate? fresh, CancellationToken ct)
    {
        FloorClock clock = new(time, root.IssuingCa.Crt);
        var authority = CertificateAuthority.Load(new CertificateAndKey(root.IssuingCa.Crt, new Secret(root.IssuingCa.Key)), clock);
        SubjectNames subject = SubjectNames.Parse(names);
        if (fresh is null)
        {
            LogIssued(clock.Lifetime, string.Join(' ', names));
        }

        ApiCertificate api = new()
        {
            AcceptedCas = root.AcceptedCas,
            IssuedBy = root.IssuingCa.Crt,
            Server = fresh?.Server ?? Pair(authority.IssueServer(subject, null, clock.Lifetime)),
            Client = fresh is { Client.Crt.Length: > 0 } ? fresh.Client : Pair(authority.IssueClient([Role.Impersonator], clock.Lifetime)),
        };
        await context.WriteAsync(ApiCertificate.Id, api, ct);
        kept.Save(api with { Client = PemPair.None });

        PemPair? trustdServer = fresh is null ? null : context.Find<TrustdCertificate>(TrustdCertificate.Id)?.Spec.Server;
        TrustdCertificate trustdCertificate = new() { Server = trustdServer ?? Pair(authority.IssueServer(subject, null, clock.Lifetime)) };
        await context.WriteAsync(TrustdCertificate.Id, trustdCertificate, ct);
    }

    private async Task IssueElsewhereAsync(IControllerContext context, OsRootSecret root, ValueList<string> names, ApiCertificate? fresh, CancellationToken ct)
    {
        await context.DestroyAsync<TrustdCertificate>(TrustdCertificate.Id, ct);
        if (fresh is not null)
        {
            await WriteAsync(fresh);
            return;
        }

        // Until trustd answers, the owner is let in by the certificate of before.
        ApiCertificate? before = Usable(context.Find<ApiCertificate>(ApiCertificate.Id)?.Spec, root);
        if (before is not null)
        {
            await WriteAsync(before);
        }
        else if (Usable(kept.Load(), root) is { } last)
        {
            before = last;
            LogKept("trustd did not issue another one yet");
            await WriteAsync(last);
        }
        else
        {
            await context.DestroyAsync<ApiCertificate>(ApiCertificate.Id, ct);
        }

        string host = root.TrustdHosts.Count > 0
            ? root.TrustdHosts[0]
            : throw new PkiException("API certificate: the config names no control plane endpoint to ask");

        // By its key trustd knows a node again that has moved to another address.
        PrivateKey key = before is null ? PrivateKey.Generate(KeyAlgorithm.EcdsaP256) : PrivateKey.FromPem(before.Server.Key);
        string request = CertificateSigningRequest.Create(key, [], null, SubjectNames.Parse(names));

        // Whom this node trusts is said by its config: the CAs in an answer change nothing.
        (string certificate, string _) = await trustd.IssueAsync(host, request, root.Token, root.AcceptedCas, ct);
        IReadOnlyList<string> missing = IssuedCertificate.Check(certificate, key, root.AcceptedCas, names, time.GetUtcNow());
        ApiCertificate api = new()
        {
            AcceptedCas = root.AcceptedCas,
            IssuedBy = root.IssuingCa.Crt,
            Server = new PemPair(certificate, key.ToPem().Reveal()),
            Client = PemPair.None,
            Asked = names,
        };
        await WriteAsync(api);
        LogIssuedBy(host, string.Join(' ', names.Except(missing)));
        if (missing.Except(Names.Always).ToArray() is { Length: > 0 } surprising)
        {
            LogNotIssued(host, string.Join(' ', surprising));
        }

        async Task WriteAsync(ApiCertificate certificate)
        {
            ApiCertificate written = certificate with { AcceptedCas = root.AcceptedCas, Client = PemPair.None };
            await context.WriteAsync(ApiCertificate.Id, written, ct);
            kept.Save(written);
        }
    }

    private ApiCertificate? Usable(ApiCertificate? certificate, OsRootSecret root) =>
        certificate is not null && certificate.IssuedBy == root.IssuingCa.Crt && !Renewal.IsOver(certificate.Server.Crt, time.GetUtcNow())
            ? certificate
            : null;

    private static PemPair Pair(CertificateAndKey issued) => new(issued.CertificatePem, issued.KeyPem.Reveal());

    [LoggerMessage(LogLevel.Information, "API certificates issued for {Lifetime}: {Names}")]
    private partial void LogIssued(TimeSpan lifetime, string names);

    [LoggerMessage(LogLevel.Warning, "The API goes on with the certificate of before, until it expires: {Reason}")]
    private partial void LogKept(string reason);

    [LoggerMessage(LogLevel.Information, "API certificate issued by trustd on {Host}: {Names}")]
    private partial void LogIssuedBy(string host, string names);

    [LoggerMessage(LogLevel.Warning, "trustd on {Host} does not issue these names to this node, its log says why: {Names}")]
    private partial void LogNotIssued(string host, string names);
}
