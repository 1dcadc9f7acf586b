namespace Talos.Ota.Bundle;

/// <summary>A bundle that is refused; the message says which part, with value and limit.</summary>
public sealed class BundleException : Exception
{
    /// <summary>Says why and what.</summary>
    public BundleException(BundleProblem problem, string message) : base(message) => Problem = problem;

    /// <summary>Says why and what; <paramref name="inner"/> says more.</summary>
    public BundleException(BundleProblem problem, string message, Exception inner) : base(message, inner) => Problem = problem;

    /// <summary>Why it is refused.</summary>
    public BundleProblem Problem { get; }

    internal static BundleException Malformed(string message) => new(BundleProblem.Malformed, $"bundle: {message}");
}
