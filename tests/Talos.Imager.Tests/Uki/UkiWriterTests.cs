using System.Buffers.Binary;
using CsCheck;
using Talos.Imager.Uki;

namespace Talos.Imager.Tests.Uki;

public sealed class UkiWriterTests
{
    private static readonly byte[] Stub = StubBuilder.Create();

    [Fact]
    public void Appended_sections_are_read_back_and_the_stub_keeps_its_own()
    {
        PeImage image = PeImage.Parse(UkiWriter.Append(Stub, [(".cmdline", "quiet"u8.ToArray()), (".linux", new byte[5000])]));

        Assert.Equal([".text", ".cmdline", ".linux"], image.Sections.Select(s => s.Name));
        Assert.Equal("quiet"u8, image.Content(".cmdline")!.Value.Span);
        Assert.Equal(5000, image.Content(".linux")!.Value.Length);
        Assert.Null(image.Content(".initrd"));
    }

    [Fact]
    public void Sections_are_aligned_do_not_overlap_and_the_image_holds_them() =>
        Gen.Byte.Array[1, 9000].Array[1, 6].Sample(contents =>
        {
            PeImage image = PeImage.Parse(UkiWriter.Append(Stub, [.. contents.Select((c, i) => ($".s{i}", (ReadOnlyMemory<byte>)c))]));

            Assert.All(image.Sections, s => Assert.Equal(0u, (s.VirtualAddress % image.SectionAlignment) + (s.FileOffset % image.FileAlignment)));
            Assert.Equal(image.Sections.OrderBy(s => s.VirtualAddress), image.Sections);
            Assert.All(image.Sections, s => Assert.True(s.VirtualAddress + s.VirtualSize <= image.SizeOfImage));
            for (int i = 0; i < contents.Length; i++)
            {
                Assert.Equal(contents[i], image.Content($".s{i}")!.Value.ToArray());
            }
        });

    [Fact]
    public void The_old_checksum_does_not_stay()
    {
        byte[] uki = UkiWriter.Append(Stub, [(".linux", new byte[1])]);

        Assert.Equal(0u, BinaryPrimitives.ReadUInt32LittleEndian(uki.AsSpan(PeImage.Parse(uki).OptionalOffset + 64)));
    }

    [Fact]
    public void A_stub_for_another_machine_a_signed_one_or_one_without_room_is_refused()
    {
        Assert.Contains("machine 0x8664", Refusal(StubBuilder.Create(machine: 0x8664)), StringComparison.Ordinal);
        Assert.Contains("signed", Refusal(StubBuilder.Create(signature: 0x1000)), StringComparison.Ordinal);
        Assert.Contains("room for 2 sections, 3 are wanted", Refusal(StubBuilder.Create(headerSize: 0x1A0), ".a", ".b"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".toolongname")]
    [InlineData(".text")]
    [InlineData("")]
    public void A_section_name_that_cannot_be_is_refused(string name) =>
        Assert.Contains($"UKI section \"{name}\"", Refusal(Stub, name), StringComparison.Ordinal);

    [Fact]
    public void Damaged_headers_are_told_as_such_and_nothing_else_is_thrown() =>
        Gen.Select(Gen.Int[0, 0x200], Gen.Byte, Gen.Int[0, Stub.Length]).Sample((at, value, length) =>
        {
            byte[] damaged = [.. Stub];
            damaged[at] = value;
            try
            {
                UkiWriter.Append(damaged.AsMemory(0, length), [(".linux", new byte[10])]);
            }
            catch (Exception e) when (e is InvalidDataException or ImagerException)
            {
                // Told: what the test wants.
            }
        });

    private static string Refusal(byte[] stub, params string[] names) => Assert.Throws<ImagerException>(
        () => UkiWriter.Append(stub, [.. (names.Length == 0 ? [".linux"] : names).Select(n => (n, (ReadOnlyMemory<byte>)new byte[4]))])).Message;
}
