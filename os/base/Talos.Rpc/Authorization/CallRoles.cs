using Grpc.Core;
using Talos.Pki;

namespace Talos.Rpc.Authorization;

/// <summary>The caller's roles as a method sees them.</summary>
public static class CallRoles
{
    /// <summary>Metadata in which a proxy passes the caller's roles on; believed only of a trusted peer.</summary>
    public const string MetadataKey = "talos-role";

    /// <summary>The roles in the metadata of the call; empty when it has none.</summary>
    public static IReadOnlyList<string> Roles(this ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Authorizer.Parse(context.RequestHeaders.Where(e => e.Key == MetadataKey && !e.IsBinary).Select(e => e.Value));
    }

    /// <summary>Whether the caller has the role <paramref name="role"/>.</summary>
    public static bool HasRole(this ServerCallContext context, Role role)
    {
        ArgumentNullException.ThrowIfNull(role);
        return context.Roles().Contains(role.Name);
    }

    /// <summary>Whether apid says that the caller showed no certificate.</summary>
    public static bool IsAnonymous(this ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.RequestHeaders.GetValue(AdmissionRules.AnonymousKey) is not null;
    }
}
