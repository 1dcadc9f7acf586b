using System.Net.Security;
using Talos.Rpc.Tls;

namespace Talos.Trustd;

/// <summary>One version of the secrets, made usable.</summary>
/// <param name="Secrets">As read.</param>
/// <param name="Tls">TLS towards clients, who show no certificate: they have none yet.</param>
internal sealed record TrustdIdentity(TrustdSecrets Secrets, SslServerAuthenticationOptions Tls);
