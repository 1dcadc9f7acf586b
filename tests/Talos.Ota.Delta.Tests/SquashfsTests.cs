using System.Text;
using Talos.Ota.Delta.Blocks;
using Talos.Ota.Delta.Create;
using Talos.Ota.Delta.Images;

namespace Talos.Ota.Delta.Tests;

public sealed class SquashfsTests
{
    [Fact]
    public void Files_are_found_with_their_bytes()
    {
        using BlockCodec codec = new();
        MemoryImage image = new(Tests.Images.Old);

        ImageContent content = ImageReader.Read(image, codec, new HashSet<long>());
        byte[] bytes = ContentBuffer.Load(image, content.Map, codec, CancellationToken.None);

        Assert.Equal(12, content.Level);
        Assert.Equal(17, content.Files.Count);
        ContentFile random = content.Files.Single(f => f.Path == "/usr/share/random");
        Assert.Equal(9000, random.Length);
        ContentFile text = content.Files.Single(f => f.Path == "/etc/file3");
        Assert.All(Encoding.ASCII.GetString(FilePairs.Bytes(bytes, text)), c => Assert.True(c is ' ' or (>= 'a' and <= 'p')));
    }

    [Fact]
    public void A_module_of_another_kernel_version_is_the_counterpart()
    {
        FilePairs pairs = new([], [new ContentFile("/usr/lib/modules/6.12.107+deb13-arm64/a.ko", [new Extent(0, 1)]), new ContentFile("/b", [new Extent(0, 1)])]);

        Assert.Equal("/usr/lib/modules/6.12.107+deb13-arm64/a.ko", pairs.Find("/usr/lib/modules/6.12.117+deb13-arm64/a.ko", [])?.Path);
        Assert.Equal("/b", pairs.Find("/elsewhere/b", [])?.Path);
    }

    [Fact]
    public void A_damaged_image_is_refused_with_its_place()
    {
        using BlockCodec codec = new();
        for (int at = 0; at < 96; at++)
        {
            byte[] bad = (byte[])Tests.Images.Old.Clone();
            bad[at] ^= 0xFF;
            try
            {
                ImageReader.Read(new MemoryImage(bad), codec, new HashSet<long>());
            }
            catch (DeltaException e)
            {
                Assert.NotEmpty(e.Message);
            }
        }
    }
}
