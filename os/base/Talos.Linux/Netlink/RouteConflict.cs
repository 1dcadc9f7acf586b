namespace Talos.Linux;

/// <summary>What becomes of a route that is there already with the same destination, metric and table.</summary>
/// <remarks>
/// The kernel looks at neither gateway nor link when it compares: a replacement takes the place of another link's route, and an
/// IPv6 route that is appended to a static one becomes a second next hop of it. Source: Linux, fib_table_insert, fib6_add_rt2node.
/// </remarks>
public enum RouteConflict
{
    /// <summary>It stays, and the call fails with <see cref="Errno.EEXIST"/>.</summary>
    Refuse,

    /// <summary>It stays, the new one comes behind it.</summary>
    Append,

    /// <summary>It goes.</summary>
    Replace,
}
