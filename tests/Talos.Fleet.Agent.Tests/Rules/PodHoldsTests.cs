namespace Talos.Fleet.Agent.Tests;

public sealed class PodHoldsTests
{
    private const string Held = "pod:\n    metadata:\n        annotations:\n            talos.dev/forbid-disruption: 90m\n        name: web\n";

    [Theory]
    [InlineData(null, true)]
    [InlineData("Running", true)]
    [InlineData("Pending", true)]
    [InlineData("Succeeded", false)]
    [InlineData("Failed", false)]
    public void A_pod_holds_until_it_ended(string? phase, bool holds)
    {
        List<(string, string)> statuses = phase is null ? [] : [("default/web-edge", $"phase: {phase}\n"), ("default/web-b-edge", "phase: Running\n")];

        IReadOnlyList<PodHold> found = PodHolds.Of([("default-web", Held), ("default-other", "pod:\n    metadata:\n        name: other\n")], statuses, "edge");

        Assert.Equal(holds ? [new PodHold("default-web", TimeSpan.FromMinutes(90))] : [], found);
    }

    [Theory]
    [InlineData("30s", 30)]
    [InlineData("6h", 21600)]
    [InlineData("2d", 172800)]
    [InlineData("999999999d", 604800)]
    [InlineData("true", 86400)]
    [InlineData("", 86400)]
    [InlineData("-5h", 86400)]
    [InlineData("6", 86400)]
    public void The_limit_is_its_value_a_week_at_most_and_a_day_when_it_is_none(string value, int seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), PodHolds.Limit(value));

    [Fact]
    public void False_holds_nothing() => Assert.Empty(PodHolds.Of([("a-b", Held.Replace("90m", "\"false\"", StringComparison.Ordinal))], [], "edge"));
}
