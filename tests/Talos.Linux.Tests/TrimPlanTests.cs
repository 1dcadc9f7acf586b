namespace Talos.Linux.Tests;

public sealed class TrimPlanTests
{
    /// <summary>Resident MiB at each look, and whether it trims: T or -.</summary>
    [Theory]
    [InlineData("20 9 9 9 9 9", "T-----")]
    [InlineData("20 9 10 10 10", "T----")]
    [InlineData("20 9 11 9 9", "T-T--")]
    [InlineData("20 9 30 9 30", "T-T-T")]
    [InlineData("20 12 8 10 8", "T--T-")]
    [InlineData("0 0 0 0", "T---")]
    public void Memory_is_given_back_after_the_start_and_when_it_has_grown_since(string looks, string trims)
    {
        TrimPlan plan = TrimPlan.AtStart;
        string seen = "";

        foreach (string look in looks.Split(' '))
        {
            (plan, bool due) = plan.Next(long.Parse(look, System.Globalization.CultureInfo.InvariantCulture) << 20);
            seen += due ? 'T' : '-';
        }

        Assert.Equal(trims, seen);
    }
}
