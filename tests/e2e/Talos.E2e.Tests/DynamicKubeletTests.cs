namespace Talos.E2e.Tests;

/// <summary>A kubelet that comes as a release of upstream does: in an archive, linked dynamically, to parts of the C library of older systems too.</summary>
[Trait("Category", "Kubelet")]
public sealed class DynamicKubeletTests
{
    [Fact]
    public async Task A_dynamically_linked_kubelet_from_an_archive_runs_the_pod()
    {
        using Machine machine = new("dynamic-kubelet");
        using HttpClient http = new() { Timeout = TimeSpan.FromSeconds(5) };

        await machine.InstallAsync(Testdata.OnePod);
        await Until.HoldsAsync("the pod answering", TimeSpan.FromMinutes(6), async () =>
            (await http.GetStringAsync(machine.Web(8080))).Contains("It works", StringComparison.Ordinal) ? null : "another page");

        Assert.Contains("v1.20.2", (await machine.TalosctlAsync("read", "/usr/share/talos/kubelet.version")).Expect(), StringComparison.Ordinal);
        string libraries = (await machine.TalosctlAsync("list", "/usr/lib/aarch64-linux-gnu")).Expect();
        Assert.Contains("libdl.so.2", libraries, StringComparison.Ordinal);
        Assert.Contains("libpthread.so.0", libraries, StringComparison.Ordinal);
    }
}
