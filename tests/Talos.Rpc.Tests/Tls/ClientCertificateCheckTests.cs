using System.Security.Cryptography.X509Certificates;
using Talos.Pki;
using Talos.Rpc.Tls;

namespace Talos.Rpc.Tests.Tls;

public class ClientCertificateCheckTests
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public static TheoryData<KeyAlgorithm> Algorithms => [KeyAlgorithm.EcdsaP256, KeyAlgorithm.Ed25519];

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void A_client_of_an_accepted_CA_is_let_in(KeyAlgorithm algorithm)
    {
        var authority = Authority(algorithm);

        Assert.Null(Check(authority.IssueClient([Role.Reader], Day), [Authority(KeyAlgorithm.EcdsaP256), authority]));
    }

    [Fact]
    public void A_client_of_a_foreign_CA_is_refused() =>
        Assert.NotNull(Check(Authority().IssueClient([Role.Admin], Day), [Authority()]));

    [Fact]
    public void A_server_certificate_of_the_right_CA_is_refused()
    {
        var authority = Authority();
        CertificateAndKey server = authority.IssueServer(new SubjectNames(["node"], []), null, Day);

        Assert.Contains("client authentication", Check(server, [authority]), StringComparison.Ordinal);
    }

    [Fact]
    public void An_expired_certificate_is_refused()
    {
        var authority = Authority();

        Assert.NotNull(Check(authority.IssueClient([Role.Admin], Day), [authority], TimeProvider.System.GetUtcNow() + (2 * Day)));
    }

    [Fact]
    public void A_node_whose_clock_is_decades_behind_lets_its_clients_in()
    {
        var authority = Authority();

        Assert.Null(Check(authority.IssueClient([Role.Admin], Day), [authority], DateTimeOffset.UnixEpoch));
    }

    [Fact]
    public void Without_an_accepted_CA_nobody_is_let_in() =>
        Assert.NotNull(Check(Authority().IssueClient([Role.Admin], Day), []));

    private static CertificateAuthority Authority(KeyAlgorithm algorithm = KeyAlgorithm.EcdsaP256) =>
        CertificateAuthority.Create(new AuthorityOptions { Organization = "talos", Algorithm = algorithm }, TimeProvider.System);

    private static string? Check(CertificateAndKey client, IEnumerable<CertificateAuthority> accepted, DateTimeOffset? now = null)
    {
        X509Certificate2[] authorities = [.. accepted.Select(a => Certificates.Read(a.CertificatePem))];
        return ClientCertificateCheck.Refuse(
            Certificates.Read(client.CertificatePem), [], authorities, now ?? TimeProvider.System.GetUtcNow());
    }
}
