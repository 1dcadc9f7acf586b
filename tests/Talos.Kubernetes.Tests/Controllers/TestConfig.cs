using Talos.Pki;
using Talos.Resources.Config;

namespace Talos.Kubernetes.Tests.Controllers;

/// <summary>A machine config that is complete, with more under <c>machine</c>.</summary>
internal static class TestConfig
{
    /// <summary>A valid authority, as every config of a real node has one.</summary>
    private static readonly string Authority = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(
        CertificateAuthority.Create(AuthorityOptions.Os, TimeProvider.System).CertificatePem));

    public static MachineConfig With(string machine = "") => new()
    {
        Yaml = $"""
            version: v1alpha1
            machine:
              type: worker
              token: abcdef.0123456789abcdef
              ca:
                crt: {Authority}
            {machine}
            cluster:
              controlPlane:
                endpoint: https://10.5.0.1:6443
            """,
    };
}
