using CsCheck;
using Talos.Imager.Elf;

namespace Talos.Imager.Tests.Elf;

public sealed class ElfFileTests
{
    private static readonly byte[] Program = File.ReadAllBytes("/bin/true");

    [Fact]
    public void A_real_program_has_a_loader_and_needs_the_C_library()
    {
        ElfFile elf = ElfFile.Parse(Program);

        Assert.True(elf.HasInterpreter);
        Assert.Contains("libc.so.6", elf.Needed());
        Assert.False(elf.Section(".text").IsEmpty);
        Assert.True(elf.Section(".absent").IsEmpty);
    }

    [Fact]
    public void A_cut_or_damaged_file_is_told_as_such_and_nothing_else_is_thrown() =>
        Gen.Select(Gen.Int[0, 900], Gen.Byte, Gen.Int[0, Program.Length]).Sample((at, value, length) =>
        {
            byte[] damaged = Program[..length];
            if (at < length)
            {
                damaged[at] = value;
            }

            try
            {
                ElfFile elf = ElfFile.Parse(damaged);
                _ = elf.HasInterpreter;
                _ = elf.Needed();
                _ = elf.Section(".modinfo");
            }
            catch (InvalidDataException)
            {
                // Told: what the test wants.
            }
        });
}
