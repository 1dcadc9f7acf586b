namespace Talos.Services;

/// <summary>What is known of a service's health.</summary>
/// <param name="Unknown">No answer yet.</param>
/// <param name="Healthy">The last answers were good.</param>
/// <param name="Message">The last problem; empty when healthy.</param>
public sealed record ServiceHealth(bool Unknown, bool Healthy, string Message)
{
    /// <summary>Before the first answer.</summary>
    public static ServiceHealth None { get; } = new(true, false, "");
}
