using Talos.Ota.Engine.Journal;
using Talos.Ota.Engine.Planning;
using Talos.Ota.Slots;

namespace Talos.Ota.Engine.Tests.Planning;

[Trait("Category", "Security")]
public sealed class ReturnRulesTests
{
    [Theory]
    [InlineData("v1.0.0", null, true)]
    [InlineData("v1.0.0", "v1.0.0", true)]
    [InlineData("v1.0.1", "v1.0.0", true)]
    [InlineData("v2.0.0", "v10.0.0", false)]
    [InlineData("v10.0.0", "v2.0.0", true)]
    [InlineData("v0.9.9", "v1.0.0", false)]
    [InlineData("v1.0.0-rc.1", "v1.0.0", false)]
    [InlineData("", "v1.0.0", false)]
    [InlineData("not a version", "v1.0.0", false)]
    [InlineData("not a version", null, true)]
    [InlineData(null, "v1.0.0", false)]
    [InlineData(null, null, true)]
    [InlineData("v1.0.0", "not a version", false)]
    public void A_version_below_the_floor_or_of_unknown_age_is_not_gone_back_to(string? version, string? floor, bool allowed)
    {
        SlotContent? content = version is null ? null : new SlotContent(version);

        Assert.Equal(allowed, ReturnRules.Objection(SlotId.A, content, floor, () => Release.Trust) is null);
    }

    [Fact]
    public void One_signer_who_is_still_trusted_is_enough_and_a_flashed_image_has_none()
    {
        string anchor = Release.Trust.Anchors[0] is { } a ? $"{a.Serial}/{a.KeyId}" : "";

        Assert.Null(Objection($"1/aa {anchor}"));
        Assert.Null(Objection("1/aa 2/bb", $"1/aa {anchor}"));
        Assert.Null(Objection());
        Assert.NotNull(Objection("1/aa 2/bb"));
        Assert.NotNull(Objection(""));
        Assert.NotNull(Objection("garbage"));

        static string? Objection(params string[] signedBy) =>
            ReturnRules.Objection(SlotId.B, new SlotContent("v1.0.0") { SignedBy = signedBy }, null, () => Release.Trust);
    }
}
