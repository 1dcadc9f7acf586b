namespace Talos.Fleet.Hub.Tests.Oidc;

/// <summary>The time of the day, moved.</summary>
internal sealed class LaterTime : TimeProvider
{
    public TimeSpan By { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + By;
}
