namespace Talos.Ota.Bundle.Tests;

/// <summary>The order of semver.org, with its own examples.</summary>
public sealed class SemanticVersionTests
{
    [Fact]
    public void Versions_are_ordered_as_the_specification_shows()
    {
        string[] ordered =
        [
            "0.9.0", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1",
            "v1.0.0", "1.0.1", "1.2.0", "1.10.0", "2.0.0-0.3.7", "v2.0.0",
        ];

        for (int i = 0; i < ordered.Length; i++)
        {
            for (int j = 0; j < ordered.Length; j++)
            {
                Assert.Equal(Math.Sign(i.CompareTo(j)), Math.Sign(SemanticVersion.Parse(ordered[i]).CompareTo(SemanticVersion.Parse(ordered[j]))));
            }
        }
    }

    [Fact]
    public void Metadata_has_no_say()
    {
        Assert.True(SemanticVersion.Parse("1.0.0+a.b") == SemanticVersion.Parse("v1.0.0+c"));
        Assert.Equal("v1.0.0-x.1+a.b", SemanticVersion.Parse("1.0.0-x.1+a.b").ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("v")]
    [InlineData("1.0")]
    [InlineData("1.0.0.0")]
    [InlineData("01.0.0")]
    [InlineData("1.0.0-")]
    [InlineData("1.0.0-01")]
    [InlineData("1.0.0+")]
    [InlineData("1.0.0-a..b")]
    [InlineData("1.0.0 ")]
    [InlineData("-1.0.0")]
    [InlineData("1.0.99999999999")]
    public void What_is_no_version_is_refused(string text) => Assert.False(SemanticVersion.TryParse(text, out _));
}
