namespace Talos.Rpc.Errors;

/// <summary>Who follows something did not take it as fast as it came: he is sent away instead of filling the memory.</summary>
/// <param name="what">What was followed, such as <c>the kernel log</c>.</param>
/// <param name="limit">How far behind one may be, in records.</param>
public sealed class FollowerTooSlowException(string what, int limit)
    : Exception($"{what}: the reader fell more than {limit} records behind; begin again, with the past if it is needed");
