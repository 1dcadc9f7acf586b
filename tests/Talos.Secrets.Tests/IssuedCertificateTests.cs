using Talos.Pki;
using Talos.Secrets.Rules;
using Talos.Testing;

namespace Talos.Secrets.Tests;

[Trait("Category", "Security")]
public sealed class IssuedCertificateTests
{
    private static readonly string[] Asked = ["edge", "localhost", "10.0.0.7", "127.0.0.1"];

    private readonly ManualTime _time = new();
    private readonly CertificateAuthority _known, _other, _next;
    private readonly PrivateKey _key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);

    public IssuedCertificateTests() =>
        (_known, _other, _next) = (CertificateAuthority.Create(AuthorityOptions.Os, _time), CertificateAuthority.Create(AuthorityOptions.Os, _time), CertificateAuthority.Create(AuthorityOptions.Os, _time));

    [Fact]
    public void A_certificate_of_a_CA_in_the_config_is_taken_and_what_is_missing_is_told()
    {
        Assert.Equal(["127.0.0.1", "localhost"], Check(Server(_known, "edge", "10.0.0.7")));
        Assert.Empty(Check(Server(_next, Asked)));
    }

    [Fact]
    public void What_leads_to_no_CA_of_the_config_is_not_taken()
    {
        Assert.Contains("leads to none of the CAs", Refusal(Server(_other, Asked)), StringComparison.Ordinal);
        Assert.Contains("leads to none of the CAs", Refusal(Server(_other, Asked) + _other.CertificatePem), StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_of_another_key_is_not_taken() =>
        Assert.Contains("another key", Refusal(_known.IssueServer(SubjectNames.Parse(Asked), null, TimeSpan.FromHours(24)).CertificatePem), StringComparison.Ordinal);

    [Fact]
    public void A_certificate_for_clients_is_not_taken() => Assert.Contains(
        "leads to none of the CAs",
        Refusal(_known.SignClient(CertificateSigningRequest.Parse(CertificateSigningRequest.Create(_key, ["os:admin"], null, SubjectNames.None)), TimeSpan.FromHours(24))),
        StringComparison.Ordinal);

    [Fact]
    public void Names_that_were_not_asked_for_are_not_taken() =>
        Assert.Equal("API certificate: trustd answered with names that were not asked for: api.example.org", Refusal(Server(_known, "edge", "api.example.org")));

    [Fact]
    public void An_expired_certificate_is_not_taken()
    {
        string certificate = Server(_known, Asked);
        _time.Advance(TimeSpan.FromHours(25));

        Assert.Contains("leads to none of the CAs", Refusal(certificate), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public void Garbage_is_not_taken(string answer) => Assert.Throws<PkiException>(() => Check(answer));

    [Fact]
    public void Spelling_is_no_difference() =>
        Assert.Empty(IssuedCertificate.Check(Server(_known, "edge.example.org", "10.0.0.7"), _key, _known.CertificatePem, ["Edge.Example.org.", "::ffff:10.0.0.7"], _time.GetUtcNow()));

    private string Server(CertificateAuthority authority, params string[] names) => authority.SignServer(
        CertificateSigningRequest.Parse(CertificateSigningRequest.Create(_key, [], null, SubjectNames.Parse(names))), TimeSpan.FromHours(24));

    private IReadOnlyList<string> Check(string answer) =>
        IssuedCertificate.Check(answer, _key, Certificates.Bundle([_known.CertificatePem, _next.CertificatePem]), Asked, _time.GetUtcNow());

    private string Refusal(string answer) => Assert.Throws<PkiException>(() => Check(answer)).Message;
}
