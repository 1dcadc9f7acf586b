namespace Talos.Linux;

/// <summary>When a daemon gives memory back: after its start, and when it has grown since. Each time it has to read code again.</summary>
/// <param name="Settled">Resident bytes a while after the last trim, when what is used all the time was back; null until then.</param>
/// <param name="Started">Whether there was a trim at all.</param>
internal readonly record struct TrimPlan(long? Settled, bool Started)
{
    /// <summary>Growth that is worth a trim.</summary>
    public const long Growth = 2 << 20;

    /// <summary>Before the first look.</summary>
    public static TrimPlan AtStart { get; } = new(null, false);

    /// <summary>Takes one look.</summary>
    /// <param name="resident">Resident bytes now.</param>
    /// <returns>The plan from here on, and whether to trim now.</returns>
    public (TrimPlan Plan, bool Due) Next(long resident) =>
        !Started ? (new TrimPlan(null, true), true)
        : Settled is not { } settled ? (new TrimPlan(resident, true), false)
        : resident >= settled + Growth ? (new TrimPlan(null, true), true)
        : (this with { Settled = Math.Min(settled, resident) }, false);
}
