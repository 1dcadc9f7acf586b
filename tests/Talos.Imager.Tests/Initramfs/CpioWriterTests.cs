using System.Globalization;
using System.Text;
using CsCheck;
using Talos.Imager.Initramfs;

namespace Talos.Imager.Tests.Initramfs;

public sealed class CpioWriterTests
{
    [Fact]
    public void Entries_are_read_back_as_they_were_written()
    {
        List<CpioEntry> entries = Read(Write(cpio =>
        {
            cpio.AddDirectory("modules");
            cpio.AddFile("init", "binary"u8, 0b111_101_101);
            cpio.AddLink("sbin", "usr/bin");
        }));

        Assert.Equal(["modules", "init", "sbin"], entries.Select(e => e.Path));
        Assert.Equal([0x41ED, 0x81ED, 0xA1FF], entries.Select(e => e.Mode));
        Assert.Equal("binary", Encoding.ASCII.GetString(entries[1].Content));
        Assert.Equal("usr/bin", Encoding.ASCII.GetString(entries[2].Content));
        Assert.Equal(3, entries.Select(e => e.Inode).Distinct().Count());
    }

    [Fact]
    public void Any_content_and_any_name_length_keep_the_alignment() =>
        Gen.Select(Gen.String[Gen.Char['a', 'z'], 1, 40], Gen.Byte.Array[0, 50]).Array[0, 8].Sample(files =>
        {
            List<CpioEntry> entries = Read(Write(cpio => Array.ForEach(files, f => cpio.AddFile(f.Item1, f.Item2))));

            Assert.Equal(files.Select(f => f.Item1), entries.Select(e => e.Path));
            Assert.Equal(files.Select(f => f.Item2), entries.Select(e => e.Content));
        });

    private static byte[] Write(Action<CpioWriter> fill)
    {
        using MemoryStream stream = new();
        CpioWriter cpio = new(stream);
        fill(cpio);
        cpio.Finish();
        return stream.ToArray();
    }

    private static List<CpioEntry> Read(byte[] archive)
    {
        List<CpioEntry> entries = [];
        for (int at = 0; ;)
        {
            Assert.Equal(0, at % 4);
            Assert.Equal("070701", Encoding.ASCII.GetString(archive, at, 6));
            int[] fields = [.. Enumerable.Range(0, 13).Select(i => int.Parse(Encoding.ASCII.GetString(archive, at + 6 + (i * 8), 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
            Assert.Equal(0, fields[2] + fields[3] + fields[5]);
            string path = Encoding.UTF8.GetString(archive, at + 110, fields[11] - 1);
            int content = Align(at + 110 + fields[11]);
            at = Align(content + fields[6]);
            if (path == "TRAILER!!!")
            {
                Assert.Equal(archive.Length, at);
                return entries;
            }

            entries.Add(new CpioEntry(path, fields[0], fields[1], archive[content..(content + fields[6])]));
        }
    }

    private static int Align(int value) => (value + 3) / 4 * 4;

    private sealed record CpioEntry(string Path, int Inode, int Mode, byte[] Content);
}
