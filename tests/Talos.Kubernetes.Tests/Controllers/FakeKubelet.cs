using System.Text;
using Talos.Kubernetes.Ports;

namespace Talos.Kubernetes.Tests.Controllers;

internal sealed class FakeKubelet : IKubeletBinary, IKubeletApi
{
    public string? Version { get; set; } = "Kubernetes v1.20.2";

    public string? Pods { get; set; } = """{"items":[]}""";

    public Task<string?> VersionAsync(CancellationToken ct) => Task.FromResult(Version);

    public Task<ReadOnlyMemory<byte>> PodsAsync(CancellationToken ct) =>
        Pods is null
            ? Task.FromException<ReadOnlyMemory<byte>>(new HttpRequestException("connection refused"))
            : Task.FromResult<ReadOnlyMemory<byte>>(Encoding.UTF8.GetBytes(Pods));
}
