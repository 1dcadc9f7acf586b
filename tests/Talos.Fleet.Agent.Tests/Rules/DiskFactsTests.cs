using CsCheck;

namespace Talos.Fleet.Agent.Tests;

public sealed class DiskFactsTests
{
    /// <summary>A spec as machined shows it.</summary>
    internal const string Worn = """
        warnings:
            - spare
            - temperature
        usedPercent: 104
        sparePercent: 9
        spareThresholdPercent: 10
        temperatureCelsius: 81
        readBytes: 1024000
        writtenBytes: 9223372036854775807
        powerCycles: 12
        powerOnHours: 40000
        unsafeShutdowns: 11
        mediaErrors: 3
        """;

    [Fact]
    public void A_worn_disk_is_told_as_such()
    {
        DiskFacts facts = DiskFacts.Of(Worn);

        Assert.Equal((104, 9, 3, true), (facts.UsedPercent, facts.SparePercent, facts.MediaErrors, facts.IsWorn));
        Assert.Equal(["spare", "temperature"], facts.Warnings);
    }

    [Fact]
    public void Heat_is_a_warning_but_no_wear() => Assert.False(DiskFacts.Of("warnings:\n    - temperature\nusedPercent: 1\n").IsWorn);

    [Theory]
    [InlineData("warnings: []\nusedPercent: 256\nsparePercent: 101\nmediaErrors: -1\n")]
    [InlineData("usedPercent: null\nsparePercent: much\nmediaErrors: 99999999999999999999\n")]
    [InlineData("")]
    public void What_makes_no_sense_is_not_told(string spec)
    {
        DiskFacts facts = DiskFacts.Of(spec);

        Assert.Equal((null, null, null, false), (facts.UsedPercent, facts.SparePercent, facts.MediaErrors, facts.IsWorn));
        Assert.Empty(facts.Warnings);
    }

    [Fact]
    public void No_text_makes_reading_fail() => Gen.String[Gen.Char["usedPrcnt:- \n0123456789warigs"], 0, 200].Sample(text =>
    {
        DiskFacts facts = DiskFacts.Of(text);
        Assert.True(facts.UsedPercent is null or (>= 0 and <= 255));
        Assert.True(facts.Warnings.Count <= 8 && facts.Warnings.All(w => w.Length <= 32));
    });
}
