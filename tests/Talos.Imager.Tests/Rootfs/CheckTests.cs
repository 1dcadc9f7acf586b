using System.Buffers.Binary;
using Talos.Imager.Rootfs;

namespace Talos.Imager.Tests.Rootfs;

public sealed class CheckTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("talos-checks").FullName;
    private readonly RootTree _tree = new();

    public CheckTests() => _tree.AddFile("usr/bin/init", Elf("/bin/true", 183), "machined", executable: true);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void An_executable_that_is_not_listed_is_refused()
    {
        _tree.AddFile("usr/bin/sh", "/bin/true", "stranger", executable: true);

        Assert.Equal("executables not in firmware/rootfs/executables.allow: /usr/bin/sh", Refusal("usr/bin/init"));
    }

    [Fact]
    public void A_script_and_a_program_without_x_bit_are_executables_too()
    {
        _tree.AddText("etc/run", "#!/bin/sh\n");
        _tree.AddFile("opt/tool", "/bin/true", "stranger");

        Assert.Equal("executables not in firmware/rootfs/executables.allow: /etc/run, /opt/tool", Refusal("usr/bin/init"));
    }

    [Fact]
    public void A_link_to_a_program_counts_and_one_to_a_folder_does_not()
    {
        _tree.AddLink("sbin", "usr/bin");
        _tree.AddLink("usr/bin/apid", "init");

        Assert.Equal(["usr/bin/apid", "usr/bin/init"], ExecutableCheck.Executables(_tree));
    }

    [Fact]
    public void A_listed_executable_must_be_there_unless_it_is_marked_as_optional()
    {
        ExecutableCheck.Check(_tree, ["usr/bin/init", "?usr/bin/kubelet"]);

        Assert.Equal("executables missing in the root: /usr/bin/runc", Refusal("usr/bin/init", "usr/bin/runc"));
    }

    [Fact]
    public void A_library_a_program_needs_must_be_in_the_root()
    {
        _tree.AddText("lib64/ld-linux-x86-64.so.2", "");
        Assert.Equal(
            "/usr/bin/init: needs libc.so.6, which is not in the root",
            Assert.Throws<ImagerException>(() => LibraryCheck.Check(_tree)).Message);

        _tree.AddText("usr/lib/aarch64-linux-gnu/libc.so.6", "");
        LibraryCheck.Check(_tree);
    }

    [Fact]
    public void A_program_for_another_machine_is_refused()
    {
        _tree.AddText("lib64/ld-linux-x86-64.so.2", "");
        _tree.AddText("usr/lib/libc.so.6", "");
        _tree.AddFile("usr/bin/wrong", Elf("/bin/true", 62), "x", executable: true);

        Assert.Equal("/usr/bin/wrong: ELF machine 62 is not arm64 (183)", Assert.Throws<ImagerException>(() => LibraryCheck.Check(_tree)).Message);
    }

    private string Refusal(params string[] allowed) => Assert.Throws<ImagerException>(() => ExecutableCheck.Check(_tree, allowed)).Message;

    private string Elf(string source, ushort machine)
    {
        byte[] bytes = File.ReadAllBytes(source);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(18), machine);
        string path = Path.Combine(_folder, $"program-{machine}");
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
