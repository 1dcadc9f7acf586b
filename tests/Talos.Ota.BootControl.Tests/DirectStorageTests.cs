using CsCheck;
using Talos.Ota.BootControl.Storage;
using Talos.Ota.BootControl.Tests.Efi;

namespace Talos.Ota.BootControl.Tests;

/// <summary>A loop device with sectors of 512 and of 4096 bytes.</summary>
[Trait("Category", "Integration")]
public sealed class DirectStorageTests : IDisposable
{
    private const int Length = 3 << 20;

    private readonly string _folder = Directory.CreateTempSubdirectory("talos-direct").FullName;
    private readonly List<string> _devices = [];

    public void Dispose()
    {
        _devices.ForEach(d => VfatTests.Run("losetup", "-d", d));
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(512)]
    [InlineData(4096)]
    public void Ranges_of_any_offset_and_length_are_read_and_written_as_they_are_given(int sector)
    {
        string device = Device(sector);
        byte[] model = new byte[Length];
        Random.Shared.NextBytes(model);
        using (ISlotStorage storage = Partition.Open(device, writable: true))
        {
            Assert.IsType<DirectStorage>(storage);
            Assert.Equal(Length, storage.Length);
            storage.Write(0, model);

            Gen<(int Offset, int Count)> ranges = Gen.Select(Gen.Int[0, Length], Gen.OneOf(Gen.Int[0, 9000], Gen.Int[0, Length]))
                .Select((at, count) => (at, Math.Min(count, Length - at)));
            Gen.Select(ranges, ranges, Gen.Byte).Sample(
                (write, read, value) =>
                {
                    byte[] data = new byte[write.Count];
                    Array.Fill(data, value);
                    data.CopyTo(model, write.Offset);
                    storage.Write(write.Offset, data);
                    byte[] found = new byte[read.Count];
                    storage.Read(read.Offset, found);
                    return found.AsSpan().SequenceEqual(model.AsSpan(read.Offset, read.Count));
                },
                iter: 300, threads: 1);
            storage.Flush();
        }

        Assert.True(model.AsSpan().SequenceEqual(File.ReadAllBytes(device)));
    }

    [Fact]
    public void Beyond_the_end_nothing_is_read_or_written()
    {
        using ISlotStorage storage = Partition.Open(Device(512), writable: true);
        Assert.Throws<EndOfStreamException>(() => storage.Read(Length - 10, new byte[11]));
        Assert.Throws<EndOfStreamException>(() => storage.Write(Length - 10, new byte[11]));
        byte[] end = new byte[10];
        storage.Read(Length - 10, end);
        Assert.Equal(new byte[10], end);
    }

    private string Device(int sector)
    {
        string image = Path.Combine(_folder, $"{sector}.img");
        using (FileStream file = File.Create(image))
        {
            file.SetLength(Length);
        }

        string device = VfatTests.Run("losetup", "--show", "-f", "-b", $"{sector}", image).Trim();
        _devices.Add(device);
        return device;
    }
}
