using System.Security.Cryptography.X509Certificates;
using Talos.Pki;

namespace Talos.Apid.Proxy;

/// <summary>Who calls.</summary>
/// <param name="Key">Whom the call is counted as: a certificate, or an address.</param>
/// <param name="Roles">With which roles.</param>
/// <param name="Certificate">The certificate shown; null for a caller without one.</param>
internal sealed record Caller(string Key, IReadOnlyList<string> Roles, X509Certificate2? Certificate)
{
    /// <summary>Whether no certificate was shown.</summary>
    public bool IsAnonymous => Certificate is null;

    /// <summary>Whether the call may use the room that is kept for administrators.</summary>
    public bool IsAdmin => !IsAnonymous && Roles.Contains(Role.Admin.Name);
}
