namespace Talos.Ota.Bundle;

/// <summary>The time certificates are checked against.</summary>
/// <remarks>
/// A board without a battery starts with a wrong clock.
/// Until its clock is synchronised it knows only that now is not before what the clock shows, or any other moment it has seen pass.
/// Such a lower bound still finds what had expired by then; it cannot tell that something is not valid yet.
/// </remarks>
/// <param name="Time">Now, or the latest moment known to have passed.</param>
/// <param name="IsLowerBound">True when now may be later.</param>
public readonly record struct VerificationTime(DateTimeOffset Time, bool IsLowerBound)
{
    /// <summary>The time of a synchronised clock.</summary>
    public static VerificationTime Now(DateTimeOffset time) => new(time, IsLowerBound: false);

    /// <summary>The latest of moments known to have passed.</summary>
    public static VerificationTime NotBefore(params ReadOnlySpan<DateTimeOffset> moments)
    {
        DateTimeOffset latest = DateTimeOffset.MinValue;
        foreach (DateTimeOffset moment in moments)
        {
            latest = moment > latest ? moment : latest;
        }

        return new VerificationTime(latest, IsLowerBound: true);
    }
}
