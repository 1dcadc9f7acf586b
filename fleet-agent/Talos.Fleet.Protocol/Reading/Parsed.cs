using System.Diagnostics.CodeAnalysis;

namespace Talos.Fleet.Protocol;

/// <summary>A message that was read, or why not: exactly one of both.</summary>
public sealed record Parsed<T>
    where T : class
{
    private Parsed(T? value, ProtocolProblem? problem) => (Value, Problem) = (value, problem);

    /// <summary>The message; null when it is refused.</summary>
    public T? Value { get; }

    /// <summary>Why it is refused; null when it is not.</summary>
    public ProtocolProblem? Problem { get; }

    /// <summary>Whether there is a message.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Problem))]
    public bool IsGood => Value is not null;

    internal static Parsed<T> Good(T value) => new(value, null);

    internal static Parsed<T> Bad(ProtocolProblem problem) => new(null, problem);

    internal static Parsed<T> Bad(ProblemKind kind, string text) => new(null, new ProtocolProblem(kind, text));
}
