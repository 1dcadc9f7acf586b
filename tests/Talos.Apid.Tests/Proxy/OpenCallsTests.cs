using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Talos.Apid.Hosting;
using Talos.Apid.Proxy;
using Talos.Apid.Tests.EndToEnd;
using Talos.Pki;
using Talos.Rpc.Authorization;
using Talos.Rpc.Tls;
using Talos.Testing;

namespace Talos.Apid.Tests.Proxy;

[Trait("Category", "Security")]
public sealed class OpenCallsTests : IDisposable
{
    private const string Dmesg = "/machine.MachineService/Dmesg";
    private const string Apply = "/machine.MachineService/ApplyConfiguration";

    private readonly ManualTime _time = new();
    private readonly CertificateAuthority _authority;
    private readonly OpenCalls _calls;
    private ApidIdentity _now;

    public OpenCallsTests()
    {
        _authority = CertificateAuthority.Create(AuthorityOptions.Os, _time);
        _now = Identity(TestNode.Secrets(_authority, "127.0.0.1"));
        _calls = new OpenCalls(() => _now, _time);
    }

    public void Dispose() => _calls.Dispose();

    [Fact]
    public void A_stream_ends_within_a_second_of_its_certificates_end()
    {
        OpenCall call = Open(Reader(_authority, TimeSpan.FromHours(1)));

        _time.Advance(TimeSpan.FromHours(1) - TimeSpan.FromSeconds(1));
        Assert.False(call.Ended.IsCancellationRequested);
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.True(call.Ended.IsCancellationRequested);
        Assert.Equal(StatusCode.Unauthenticated, call.Reason?.StatusCode);
        Assert.Contains("has expired", call.Reason?.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stream_ends_when_its_CA_is_no_longer_accepted_and_goes_on_while_it_is()
    {
        OpenCall call = Open(Reader(_authority, TimeSpan.FromHours(1)));
        CertificateAuthority next = CertificateAuthority.Create(AuthorityOptions.Os, _time);
        ApidSecrets rotated = TestNode.Secrets(next, "127.0.0.1");

        _now = Identity(rotated with { Authorities = Certificates.Bundle([next.CertificatePem, _authority.CertificatePem]) });
        _time.Advance(OpenCalls.LookInterval);
        Assert.False(call.Ended.IsCancellationRequested);
        _now = Identity(rotated);
        _time.Advance(OpenCalls.LookInterval);

        Assert.Equal(StatusCode.Unauthenticated, call.Reason?.StatusCode);
    }

    [Fact]
    public void What_was_opened_in_maintenance_ends_with_it_except_the_call_that_ended_it()
    {
        _now = Identity(TestNode.MaintenanceSecrets("127.0.0.1"));
        Caller stranger = new("10.0.0.9", AdmissionRules.AnonymousRoles, null);
        OpenCall call = Open(stranger);
        OpenCall apply = _calls.Open(stranger, Apply, 1).Call!;

        _now = Identity(TestNode.Secrets(_authority, "127.0.0.1"));
        _time.Advance(OpenCalls.LookInterval);

        Assert.Equal(StatusCode.Unauthenticated, call.Reason?.StatusCode);
        Assert.False(apply.Ended.IsCancellationRequested);
    }

    [Fact]
    public void A_node_that_closes_ends_every_stream()
    {
        OpenCall call = Open(Reader(_authority, TimeSpan.FromHours(1)));

        _now = Identity(TestNode.Secrets(_authority, "127.0.0.1") with { Admission = Admission.Closed, Authorities = "" });
        _time.Advance(OpenCalls.LookInterval);

        Assert.Equal(StatusCode.Unavailable, call.Reason?.StatusCode);
    }

    [Fact]
    public void Nobody_is_looked_at_while_no_call_is_open()
    {
        OpenCall call = Open(Reader(_authority, TimeSpan.FromHours(1)));
        Assert.Equal(1, _time.Pending);

        call.Dispose();
        call.Dispose();

        Assert.Equal((0, 0), (_time.Pending, _calls.Total));
    }

    [Fact]
    public void A_caller_is_told_when_he_has_too_many_calls_open_and_others_are_not()
    {
        Caller reader = Reader(_authority, TimeSpan.FromHours(1));
        for (int i = 0; i < CallLimits.OfCaller; i++)
        {
            Open(reader);
        }

        (OpenCall? call, string? refusal) = _calls.Open(reader, Dmesg, 1);

        Assert.Null(call);
        Assert.Contains("256 calls of this caller are open", refusal, StringComparison.Ordinal);
        Open(Reader(_authority, TimeSpan.FromHours(2)));
    }

    private OpenCall Open(Caller caller)
    {
        (OpenCall? call, string? refusal) = _calls.Open(caller, Dmesg, 1);
        Assert.Null(refusal);
        return call!;
    }

    private static Caller Reader(CertificateAuthority authority, TimeSpan lifetime)
    {
        CertificateAndKey issued = authority.IssueClient([Role.Reader], lifetime);
        X509Certificate2 certificate = Certificates.Read(issued.CertificatePem);
        return new Caller(certificate.Thumbprint, [Role.Reader.Name], certificate);
    }

    private ApidIdentity Identity(ApidSecrets secrets) => new(secrets, _time);
}
