using Talos.Ota.Engine.Tests.PowerCuts;

namespace Talos.Ota.Engine.Tests;

[Trait("Category", "Security")]
public sealed class ReturnTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private readonly ModelNode _node = new(ModelNode.Image(Release.V1));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nobody_gets_below_the_floor_by_going_back(bool byMarkingBad)
    {
        await UpdateAsync(Release.V4);
        int before = _node.Log.Count;

        UpdateException refusal = await Assert.ThrowsAsync<UpdateException>(() => ReturnAsync(byMarkingBad));

        Assert.Equal(
            "slot A cannot be started: it holds v1.0.0, below v4.0.0, the anti-rollback floor of this node; install v4.0.0 or later", refusal.Message);
        Assert.Equal(before, _node.Log.Count);
        await _node.PowerOnAsync();
        Assert.Equal(Release.V4, _node.Running);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task At_the_floor_one_may_go_back(bool byMarkingBad)
    {
        await UpdateAsync(Release.V2);
        await UpdateAsync(Release.V3);
        Assert.Equal("v2.0.0", _node.Engine.Status.Floor);

        await ReturnAsync(byMarkingBad);

        await _node.PowerOnAsync();
        Assert.Equal(Release.V2, _node.Running);
    }

    [Theory]
    [InlineData("serial", false)]
    [InlineData("serial", true)]
    [InlineData("key", false)]
    [InlineData("anchor", false)]
    public async Task Nobody_gets_back_to_a_version_whose_signer_was_revoked_since(string revoked, bool byMarkingBad)
    {
        await UpdateAsync(Release.V2);
        await UpdateAsync(Release.V3);
        ((IUpdateStore)_node).Write(UpdateTags.KeySet, revoked == "anchor" ? Release.OtherAnchor() : Release.Revocation(revoked == "key"));
        int before = _node.Log.Count;

        UpdateException refusal = await Assert.ThrowsAsync<UpdateException>(() => ReturnAsync(byMarkingBad));

        Assert.Equal("slot B cannot be started: everybody who signed v2.0.0 has been revoked on this node; install a version that is signed anew", refusal.Message);
        Assert.Equal(before, _node.Log.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_trial_that_fails_goes_back_whatever_was_revoked_meanwhile(bool byMarkingBad)
    {
        await UpdateAsync(Release.V2);
        await _node.InstallAsync(Release.V4);
        await _node.PowerOnAsync();
        Assert.Equal(Release.V4, _node.Running);
        ((IUpdateStore)_node).Write(UpdateTags.KeySet, Release.Revocation(byKey: true));

        await ReturnAsync(byMarkingBad);

        await _node.PowerOnAsync();
        Assert.Equal(Release.V2, _node.Running);
    }

    private Task ReturnAsync(bool byMarkingBad) => byMarkingBad
        ? _node.Engine.MarkBadAsync(_node.Booted, "by a test", Ct)
        : _node.Engine.RollBackAsync("by a test", Ct);

    private async Task UpdateAsync(Release release)
    {
        await _node.PowerOnAsync();
        await _node.InstallAsync(release);
        await _node.PowerOnAsync();
        await _node.Engine.BlessAsync(Ct);
    }
}
