namespace Talos.Fleet.Protocol;

/// <summary>Ranges of what hubs order; each check gives null or what is wrong.</summary>
internal static class OrderRules
{
    public static string? Check(DesiredState m) =>
        Order(m)
        ?? (m.Update is { } update ? Check(update) : null)
        ?? Limit.Items("windows", m.Windows, 32, w => w.To > w.From ? null : $"to: {w.To:O} is not after {w.From:O}")
        ?? Limit.Range("telemetryIntervalSeconds", m.TelemetryIntervalSeconds, (long)FleetDefaults.MinTelemetryInterval.TotalSeconds, (long)FleetDefaults.MaxTelemetryInterval.TotalSeconds);

    public static string? Check(Command m) =>
        Order(m)
        ?? Limit.Id("id", m.Id)
        ?? Limit.Text("issuedBy", m.IssuedBy, 256)
        ?? (m.Update is { } update ? Check(update) : null)
        ?? Patch(m.Patch)
        ?? Url("uploadUrl", m.UploadUrl, httpsOnly: true)
        ?? Arguments(m);

    public static string? Check(SignedEnvelope m) =>
        Limit.Base64("payload", m.Payload) ?? Limit.Base64("signature", m.Signature) ?? Limit.Base64("certificate", m.Certificate);

    private static string? Order(IOrder m) =>
        (NodeId.IsValid(m.Node) ? null : "node: is no node id")
        ?? Limit.Range("revision", m.Revision, 1)
        ?? (m.NotAfter > m.Issued ? null : $"notAfter: {m.NotAfter:O} is not after {m.Issued:O}");

    private static string? Check(UpdateTarget m) =>
        Limit.Text("update.version", m.Version, 128, 1)
        ?? Url("update.url", m.Url, httpsOnly: false)
        ?? Limit.Hex256("update.bundleId", m.BundleId)
        ?? Limit.Id("update.rollout", m.Rollout);

    private static string? Patch(string? patch) => Limit.Text("patch", patch?.Replace("\r", "", StringComparison.Ordinal), 65536, 1);

    /// <summary>Each kind has exactly its own arguments.</summary>
    private static string? Arguments(Command m) =>
        Argument(m, "update", m.Update is not null, CommandKind.Upgrade)
        ?? Argument(m, "patch", m.Patch is not null, CommandKind.ApplyConfigPatch)
        ?? Argument(m, "uploadUrl", m.UploadUrl is not null, CommandKind.SupportBundle);

    private static string? Argument(Command m, string member, bool there, CommandKind kind) =>
        there == (m.Kind == kind) ? null : there ? $"{member}: has no meaning for {m.Kind}" : $"{member}: is missing for {m.Kind}";

    private static string? Url(string member, string? url, bool httpsOnly)
    {
        if (url is null)
        {
            return null;
        }

        bool scheme = url.StartsWith("https://", StringComparison.Ordinal) || (!httpsOnly && url.StartsWith("http://", StringComparison.Ordinal));
        return scheme && url.Length <= 1024 && Uri.TryCreate(url, UriKind.Absolute, out Uri? parsed) && parsed.Host.Length > 0
            ? null
            : $"{member}: is no {(httpsOnly ? "https" : "http or https")} URL of up to 1024 characters";
    }
}
