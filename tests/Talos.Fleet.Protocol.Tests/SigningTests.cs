using System.Text.Json;
using CsCheck;

namespace Talos.Fleet.Protocol.Tests;

public sealed class SigningTests : IDisposable
{
    private readonly Fleet _fleet = new();
    private readonly OrderVerifier _node;

    public SigningTests() => _node = new OrderVerifier("node-a", [_fleet.Authority]);

    private static DesiredState Desired => new() { Node = "node-a", Revision = 7, Issued = Fleet.Now, NotAfter = Fleet.Now.AddDays(30) };

    private static Command Reboot => new() { Node = "node-a", Id = "c-1", Revision = 3, Issued = Fleet.Now, NotAfter = Fleet.Now.AddHours(1), Kind = CommandKind.Reboot };

    [Fact]
    public void A_signed_order_is_taken()
    {
        Assert.Equal(7, _node.ReadDesired(_fleet.Signer().Sign(Desired), 6, Fleet.Now).Value?.Revision);
        Assert.Equal(Reboot, _node.ReadCommand(_fleet.Signer().Sign(Reboot), "c-1", 0, Fleet.Now).Value);
    }

    [Fact]
    public void An_order_is_taken_once_and_never_an_older_one()
    {
        byte[] order = _fleet.Signer().Sign(Desired);

        Assert.Equal(ProblemKind.Replayed, _node.ReadDesired(order, 7, Fleet.Now).Problem?.Kind);
        Assert.Equal(ProblemKind.Replayed, _node.ReadDesired(order, 8, Fleet.Now).Problem?.Kind);
    }

    [Fact]
    public void An_order_for_another_node_is_refused() =>
        Assert.Equal(ProblemKind.WrongNode, _node.ReadDesired(_fleet.Signer().Sign(Desired with { Node = "node-b" }), 0, Fleet.Now).Problem?.Kind);

    [Fact]
    public void A_command_on_the_topic_of_another_is_refused() =>
        Assert.Equal(ProblemKind.OutOfRange, _node.ReadCommand(_fleet.Signer().Sign(Reboot), "c-2", 0, Fleet.Now).Problem?.Kind);

    [Fact]
    public void An_order_whose_time_is_over_is_refused_while_the_clock_can_be_trusted()
    {
        byte[] order = _fleet.Signer().Sign(Reboot);

        Assert.Equal(ProblemKind.Expired, _node.ReadCommand(order, "c-1", 0, Fleet.Now.AddHours(2)).Problem?.Kind);
        Assert.True(_node.ReadCommand(order, "c-1", 0, now: null).IsGood);
    }

    [Fact]
    public void The_signature_of_another_fleet_is_refused_also_with_the_same_names()
    {
        using Fleet other = new();

        ProtocolProblem? problem = _node.ReadDesired(other.Signer().Sign(Desired), 0, Fleet.Now).Problem;

        Assert.Equal(ProblemKind.Signature, problem?.Kind);
        Assert.Contains("not issued by the fleet CA", problem!.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CN=node-a", false, "no OU=hub")]
    [InlineData("CN=hub-1, OU=node", false, "no OU=hub")]
    [InlineData("CN=hub-1, OU=hub", true, "one of a CA")]
    public void Only_a_hubs_certificate_signs(string subject, bool authority, string reason)
    {
        Assert.Contains(reason, Assert.Throws<ArgumentException>(() => _fleet.Signer(subject, authority)).Message, StringComparison.Ordinal);

        SignedEnvelope envelope = Envelope(_fleet.Signer().Sign(Desired)) with { Certificate = Convert.ToBase64String(_fleet.HubCertificate(subject, authority).RawData) };

        Assert.Contains(reason, _node.ReadDesired(Bytes(envelope), 0, Fleet.Now).Problem?.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hubs_certificate_that_ended_signs_nothing() =>
        Assert.Contains("is valid from", _node.ReadDesired(_fleet.Signer().Sign(Desired with { NotAfter = Fleet.Now.AddYears(9) }), 0, Fleet.Now.AddYears(2)).Problem?.Text, StringComparison.Ordinal);

    [Fact]
    public void Orders_with_members_this_version_does_not_know_are_refused()
    {
        byte[] payload = JsonSerializer.SerializeToUtf8Bytes(Desired, FleetJson.Default.DesiredState);
        byte[] more = [.. payload[..^1], .. ",\"onlyOnMains\":true}"u8];

        Assert.Equal(ProblemKind.Malformed, _node.ReadDesired(_fleet.Signer().Seal(more), 0, Fleet.Now).Problem?.Kind);
        Assert.True(_node.ReadDesired(_fleet.Signer().Seal(payload), 0, Fleet.Now).IsGood);
    }

    [Fact]
    public void One_changed_bit_of_payload_or_signature_is_found_and_no_change_throws()
    {
        byte[] order = _fleet.Signer().Sign(Desired);
        SignedEnvelope whole = Envelope(order);
        byte[] payload = Convert.FromBase64String(whole.Payload);
        byte[] signature = Convert.FromBase64String(whole.Signature);

        Gen.Int[0, (payload.Length * 8) - 1].Sample(bit => Refused(whole with { Payload = Flipped(payload, bit) }), iter: 300);
        Gen.Int[0, (signature.Length * 8) - 1].Sample(bit => Refused(whole with { Signature = Flipped(signature, bit) }), iter: 300);
        Gen.Int[0, (order.Length * 8) - 1].Sample(bit => _ = _node.ReadDesired(Convert.FromBase64String(Flipped(order, bit)), 0, Fleet.Now), iter: 2000);
    }

    [Fact]
    public void Arguments_belong_to_their_command()
    {
        Assert.Throws<ArgumentException>(() => _fleet.Signer().Sign(Reboot with { Patch = "machine: {}" }));
        Assert.Throws<ArgumentException>(() => _fleet.Signer().Sign(Reboot with { Kind = CommandKind.Upgrade }));
        Assert.Throws<ArgumentException>(() => _fleet.Signer().Sign(Reboot with { Kind = CommandKind.SupportBundle, UploadUrl = "http://hub/x" }));
    }

    public void Dispose() => _fleet.Dispose();

    private void Refused(SignedEnvelope envelope) => Assert.False(_node.ReadDesired(Bytes(envelope), 0, Fleet.Now).IsGood);

    private static string Flipped(byte[] bytes, int bit)
    {
        byte[] copy = [.. bytes];
        copy[bit / 8] ^= (byte)(1 << (bit % 8));
        return Convert.ToBase64String(copy);
    }

    private static SignedEnvelope Envelope(byte[] utf8) => JsonSerializer.Deserialize(utf8, FleetJson.Default.SignedEnvelope)!;

    private static byte[] Bytes(SignedEnvelope envelope) => JsonSerializer.SerializeToUtf8Bytes(envelope, FleetJson.Default.SignedEnvelope);
}
