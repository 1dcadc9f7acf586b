using Grpc.Core;

namespace Talos.Rpc.Authorization;

/// <summary>Decides from roles alone whether a method may be called.</summary>
public static class Authorizer
{
    /// <summary>Refuses the call unless one of <paramref name="roles"/> may do it.</summary>
    /// <exception cref="RpcException"><see cref="StatusCode.PermissionDenied"/>, "not authorized".</exception>
    public static void Check(string method, IEnumerable<string> roles)
    {
        if (!IsAllowed(method, roles))
        {
            throw new RpcException(new Status(StatusCode.PermissionDenied, "not authorized"));
        }
    }

    /// <summary>Whether one of <paramref name="roles"/> may call <paramref name="method"/> (<c>/package.Service/Method</c>).</summary>
    public static bool IsAllowed(string method, IEnumerable<string> roles)
    {
        IReadOnlyList<string> allowed = MethodRoles.AllowedFor(method);
        return roles.Any(allowed.Contains);
    }

    /// <summary>Roles out of metadata values; HTTP/2 libraries may join several values with commas.</summary>
    public static IReadOnlyList<string> Parse(IEnumerable<string?> values) =>
        [.. values.SelectMany(v => (v ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
}
