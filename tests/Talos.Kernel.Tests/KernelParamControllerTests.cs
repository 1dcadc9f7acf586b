using Microsoft.Extensions.Logging.Abstractions;
using Talos.Kernel.Controllers;
using Talos.Kernel.Ports;
using Talos.Resources.Kernel;
using Talos.Testing;

namespace Talos.Kernel.Tests;

public sealed class KernelParamControllerTests
{
    private const string Id = "proc.sys.net.ipv4.ip_forward";
    private const string File = "/proc/sys/net/ipv4/ip_forward";

    private readonly FakeParams _kernel = new();
    private readonly ControllerFixture _node;

    public KernelParamControllerTests() =>
        _node = new(new KernelParamController(_kernel, NullLogger<KernelParamController>.Instance));

    [Fact]
    public async Task A_wanted_parameter_is_written_once_and_reported_with_its_first_value()
    {
        _kernel.Files[File] = "0";
        _node.Given(Id, new KernelParamSpec { Value = "1" });

        await _node.SettleAsync();
        await _node.SettleAsync();

        Assert.Equal("1", _kernel.Files[File]);
        Assert.Equal(1, _kernel.Writes);
        Assert.Equal(new KernelParamStatus { Current = "1", Default = "0" }, _node.Find<KernelParamStatus>(Id)?.Spec);
    }

    [Fact]
    public async Task A_parameter_no_longer_wanted_gets_its_first_value_back()
    {
        _kernel.Files[File] = "0";
        _node.Given(Id, new KernelParamSpec { Value = "1" });
        await _node.SettleAsync();

        _node.Gone<KernelParamSpec>(Id);
        await _node.SettleAsync();

        Assert.Equal("0", _kernel.Files[File]);
        Assert.Null(_node.Find<KernelParamStatus>(Id));
    }

    [Fact]
    public async Task A_parameter_this_kernel_lacks_is_reported_and_the_others_are_set()
    {
        _kernel.Files[File] = "0";
        _node.Given("proc.sys.a.missing", new KernelParamSpec { Value = "1" });
        _node.Given(Id, new KernelParamSpec { Value = "1" });

        IOException e = await Assert.ThrowsAsync<IOException>(_node.SettleAsync);

        Assert.Contains("proc.sys.a.missing", e.Message, StringComparison.Ordinal);
        Assert.True(_node.Find<KernelParamStatus>("proc.sys.a.missing")?.Spec.Unsupported);
        Assert.Equal("1", _kernel.Files[File]);
    }

    [Fact]
    public async Task A_default_this_kernel_lacks_is_no_error()
    {
        _node.Given("proc.sys.a.missing", new KernelParamDefaultSpec { Value = "1", IgnoreErrors = true });

        await _node.SettleAsync();

        Assert.True(_node.Find<KernelParamStatus>("proc.sys.a.missing")?.Spec.Unsupported);
    }

    [Fact]
    public async Task Lists_of_numbers_are_equal_however_they_are_parted()
    {
        _kernel.Files["/proc/sys/net/ipv4/ip_local_port_range"] = "32768\t60999";
        _node.Given("proc.sys.net.ipv4.ip_local_port_range", new KernelParamSpec { Value = "32768 60999" });

        await _node.SettleAsync();

        Assert.Equal(0, _kernel.Writes);
    }

    private sealed class FakeParams : IKernelParams
    {
        public Dictionary<string, string> Files { get; } = [];

        public int Writes { get; private set; }

        public string? Read(string path) => Files.GetValueOrDefault(path);

        public void Write(string path, string value)
        {
            Files[path] = value;
            Writes++;
        }
    }
}
