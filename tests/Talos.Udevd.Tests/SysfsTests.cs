using Talos.Linux;
using Talos.Udevd.Ports;

namespace Talos.Udevd.Tests;

public sealed class SysfsTests
{
    [Fact]
    public void Devices_of_a_real_kernel_are_found_with_what_they_say_of_themselves()
    {
        List<Uevent> devices = [.. Sysfs.Devices()];

        Uevent loopback = Assert.Single(devices, d => d.DevPath == "/devices/virtual/net/lo");
        Assert.Equal("lo", loopback["INTERFACE"]);
        Assert.Equal("net", loopback["SUBSYSTEM"]);
    }
}
