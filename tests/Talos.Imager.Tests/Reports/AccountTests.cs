using System.Text;
using System.Text.Json;
using Talos.Imager.Components;
using Talos.Imager.Reports;
using Talos.Imager.Rootfs;
using Talos.Imager.Sbom;

namespace Talos.Imager.Tests.Reports;

public sealed class AccountTests
{
    private static readonly ComponentTree Runc = new("runc", "1.1", "Apache-2.0", "/x", "ab") { Source = "https://example.org/runc.deb" };
    private static readonly ComponentTree Loader = new("ld+so", "2.41", "LGPL-2.1-or-later", "/y", "cd");

    [Fact]
    public void Sizes_are_summed_by_component_and_their_shares_add_up_to_the_packed_root()
    {
        RootTree tree = new();
        tree.AddText("a", new string('a', 5000), "one");
        tree.AddText("b", "b", "two");
        tree.AddText("c", new string('c', 300_000), "one");

        SizeReport report = SizeReport.Measure(tree, 4096, [("root", 4096)]);

        Assert.Equal(305_000, report.Components.Single(c => c.Name == "one").Bytes);
        Assert.Equal(2, report.Components.Single(c => c.Name == "one").Files);
        Assert.InRange(report.Components.Sum(c => c.Packed), 4090, 4096);
        Assert.Equal(4096, JsonDocument.Parse(report.ToJson()).RootElement.GetProperty("parts").GetProperty("root").GetInt64());
        Assert.Contains("305,000", report.ToTable(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_bill_of_materials_names_every_component_with_version_licence_and_checksum()
    {
        JsonElement document = JsonDocument.Parse(SpdxDocument.Create("image", "v1", "00", [Runc, Loader])).RootElement;

        Assert.Equal("SPDX-2.3", document.GetProperty("spdxVersion").GetString());
        JsonElement runc = document.GetProperty("packages").EnumerateArray().Single(p => p.GetProperty("name").GetString() == "runc");
        Assert.Equal("1.1", runc.GetProperty("versionInfo").GetString());
        Assert.Equal("Apache-2.0", runc.GetProperty("licenseDeclared").GetString());
        Assert.Equal("https://example.org/runc.deb", runc.GetProperty("downloadLocation").GetString());
        Assert.Equal("ab", runc.GetProperty("checksums")[0].GetProperty("checksumValue").GetString());
        Assert.Contains(document.GetProperty("relationships").EnumerateArray(), r => r.GetProperty("relatedSpdxElement").GetString() == "SPDXRef-Package-ld-so");
    }

    [Fact]
    public void The_order_of_the_components_does_not_matter() => Assert.Equal(
        Encoding.UTF8.GetString(SpdxDocument.Create("image", "v1", "00", [Runc, Loader])),
        Encoding.UTF8.GetString(SpdxDocument.Create("image", "v1", "00", [Loader, Runc])));
}
