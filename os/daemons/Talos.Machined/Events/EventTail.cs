using Talos.Api.Machine;

namespace Talos.Machined.Events;

/// <summary>Which past events a reader wants first, and whose.</summary>
/// <param name="Count">How many; negative for all.</param>
/// <param name="AfterId">Those after this one; empty for no such wish.</param>
/// <param name="Age">Those not older than this; zero for no such wish.</param>
/// <param name="ActorId">Only those of one sequence; empty for all.</param>
internal sealed record EventTail(int Count, string AfterId, TimeSpan Age, string ActorId)
{
    /// <summary>Reads a request.</summary>
    public static EventTail Parse(EventsRequest request) =>
        new(request.TailEvents, request.TailId, TimeSpan.FromSeconds(Math.Max(0, request.TailSeconds)), request.WithActorId);

    /// <summary>The past events wanted, oldest first.</summary>
    /// <param name="past">All that are kept, oldest first.</param>
    /// <param name="now">The time.</param>
    public IEnumerable<NodeEvent> Select(IReadOnlyList<NodeEvent> past, DateTimeOffset now)
    {
        IEnumerable<NodeEvent> wanted = (Count, AfterId.Length, Age) switch
        {
            ( < 0, _, _) => past,
            ( > 0, _, _) => past.TakeLast(Count),
            (_, > 0, _) => past.SkipWhile(e => e.Id != AfterId).Skip(1),
            (_, _, { Ticks: > 0 }) => past.SkipWhile(e => e.Time < now - Age),
            _ => [],
        };
        return wanted.Where(Passes);
    }

    /// <summary>Whether the event is of the wanted sequence.</summary>
    public bool Passes(NodeEvent happened) => ActorId.Length == 0 || happened.ActorId == ActorId;
}
