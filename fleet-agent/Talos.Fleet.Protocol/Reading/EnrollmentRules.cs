namespace Talos.Fleet.Protocol;

/// <summary>Ranges of what is said at enrolment; each check gives null or what is wrong.</summary>
internal static class EnrollmentRules
{
    public static string? Check(EnrollRequest m) =>
        Limit.Text("token", m.Token, 256, 1)
        ?? Limit.Pem("csr", m.Csr, 8192)
        ?? Limit.Text("board", m.Board, 64)
        ?? Limit.Text("hostname", m.Hostname, 253)
        ?? Limit.Text("version", m.Version, 128)
        ?? Limit.Labels(m.Labels);

    public static string? Check(RenewRequest m) => Limit.Pem("csr", m.Csr, 8192);

    public static string? Check(EnrollResponse m) =>
        (NodeId.IsValid(m.Node) ? null : "node: is no node id")
        ?? Limit.Pem("certificate", m.Certificate, 32768)
        ?? Limit.Pem("ca", m.Ca, 32768)
        ?? Limit.Items("brokers", m.Brokers, 8, BrokerUrl.Check, 1);
}
