using Grpc.Core;
using Talos.Pki;

namespace Talos.Rpc.Authorization;

/// <summary>The one rule that every call is asked by, in apid and again in machined: who may call what, in which state of the node.</summary>
public static class AdmissionRules
{
    /// <summary>Metadata by which apid tells machined that the caller showed no certificate; from clients it is dropped.</summary>
    public const string AnonymousKey = "talos-anonymous";

    /// <summary>The roles of a caller without a certificate.</summary>
    public static IReadOnlyList<string> AnonymousRoles { get; } = [Role.Reader.Name];

    /// <summary>Who is let in after what was found on STATE. Only a STATE that was read and holds no config opens the node.</summary>
    public static Admission Of(ConfigFinding finding) => finding switch
    {
        ConfigFinding.None => Admission.Maintenance,
        ConfigFinding.Complete or ConfigFinding.Damaged => Admission.Members,
        _ => Admission.Closed,
    };

    /// <summary>Why a call is refused; null when it may go on.</summary>
    /// <param name="method">Of the form <c>/package.Service/Method</c>.</param>
    /// <param name="anonymous">Whether the caller showed no certificate.</param>
    /// <param name="roles">The caller's roles; without a certificate they count for nothing.</param>
    /// <param name="admission">Who is let in at present.</param>
    public static Status? Refuse(string method, bool anonymous, IReadOnlyList<string> roles, Admission admission)
    {
        if (anonymous && admission is not Admission.Maintenance)
        {
            return admission is Admission.Members
                ? new Status(StatusCode.Unauthenticated, "a client certificate is required: this node has a machine config")
                : new Status(StatusCode.Unavailable, "this node lets nobody in before its machine config was read and its certificate is there; try again");
        }

        return IsAllowed(method, anonymous ? AnonymousRoles : roles, admission)
            ? null
            : new Status(StatusCode.PermissionDenied, "not authorized");
    }

    private static bool IsAllowed(string method, IReadOnlyList<string> roles, Admission admission)
    {
        IReadOnlyList<string> allowed = MethodRoles.AllowedFor(method, admission);
        return roles.Any(allowed.Contains);
    }
}
