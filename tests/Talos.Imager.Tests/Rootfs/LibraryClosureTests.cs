using CsCheck;
using Talos.Imager.Components;
using Talos.Imager.Elf;
using Talos.Imager.Rootfs;
using Talos.Imager.Tests.Elf;

namespace Talos.Imager.Tests.Rootfs;

public sealed class LibraryClosureTests : IDisposable
{
    private const string Loader = "/lib/ld-linux-aarch64.so.1";

    private readonly string _folder = Directory.CreateTempSubdirectory("talos-closure").FullName;
    private readonly Dictionary<string, TestElf> _packages = new(StringComparer.Ordinal);
    private readonly RootTree _tree = new();

    public LibraryClosureTests()
    {
        _tree.AddLink("lib", "usr/lib");
        Add("usr/lib/ld-linux-aarch64.so.1", new TestElf());
        Add("usr/lib/aarch64-linux-gnu/libc.so.6", new TestElf { DefinedVersions = ["GLIBC_2.17", "GLIBC_2.34"] });
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_kubelet_linked_to_the_libraries_of_an_older_C_library_gets_them()
    {
        Given("libdl.so.2", new TestElf("libc.so.6"));
        Given("libpthread.so.0", new TestElf("libc.so.6"));
        Given("libresolv.so.2", new TestElf("libc.so.6"));
        Add("usr/bin/kubelet", new TestElf("libdl.so.2", "libpthread.so.0", "libresolv.so.2", "libc.so.6") { Interpreter = Loader }, program: true);

        IReadOnlyList<RootFile> added = LibraryClosure.Complete(_tree, Find);

        Assert.Equal(["libdl.so.2", "libpthread.so.0", "libresolv.so.2"], added.Select(a => Path.GetFileName(a.Target)));
        Assert.Equal("libc6", Assert.IsType<RootFileEntry>(_tree.Find("usr/lib/aarch64-linux-gnu/libdl.so.2")).Component);
        LibraryCheck.Check(_tree);
    }

    [Fact]
    public void What_a_library_needs_comes_with_it()
    {
        Given("liba.so.1", new TestElf("libb.so.1"));
        Given("libb.so.1", new TestElf("liba.so.1", "libc2.so.1"));
        Given("libc2.so.1", new TestElf("libc.so.6"));
        Add("usr/bin/tool", new TestElf("liba.so.1"), program: true);

        LibraryClosure.Complete(_tree, Find);

        Assert.NotNull(_tree.Find("usr/lib/aarch64-linux-gnu/libc2.so.1"));
        LibraryCheck.Check(_tree);
    }

    [Fact]
    public void A_library_that_the_root_has_is_left_alone() => Assert.Empty(Complete(new TestElf("libc.so.6")));

    [Fact]
    public void A_library_that_no_package_has_is_one_clear_error()
    {
        Given("liba.so.1", new TestElf("libmissing.so.3"));

        Assert.Equal(
            "/usr/lib/aarch64-linux-gnu/liba.so.1: needs libmissing.so.3, which no package of group node in components.lock has; add the package that has it",
            Assert.Throws<ImagerException>(() => Complete(new TestElf("liba.so.1"))).Message);
    }

    [Fact]
    public void A_program_of_another_machine_is_refused_before_its_libraries_are_looked_for() => Assert.Equal(
        "/usr/bin/tool: ELF machine 62 is not arm64 (183)",
        Assert.Throws<ImagerException>(() => Complete(new TestElf("libwhatever.so.1") { Machine = ElfFile.MachineX64 })).Message);

    [Fact]
    public void A_library_of_another_machine_is_refused()
    {
        Given("liba.so.1", new TestElf { Machine = ElfFile.MachineX64 });

        Assert.Equal(
            "/usr/lib/aarch64-linux-gnu/liba.so.1: ELF machine 62 is not arm64 (183)",
            Assert.Throws<ImagerException>(() => Complete(new TestElf("liba.so.1"))).Message);
    }

    [Fact]
    public void A_program_with_a_loader_that_is_not_there_is_refused()
    {
        Complete(new TestElf { Interpreter = "/lib/ld-musl-aarch64.so.1" });

        Assert.Equal("/usr/bin/tool: is started by /lib/ld-musl-aarch64.so.1, which is not in the root", Refusal());
    }

    [Fact]
    public void A_program_built_against_a_later_C_library_is_refused()
    {
        Complete(new TestElf("libc.so.6") { NeededVersions = [("libc.so.6", "GLIBC_2.17"), ("libc.so.6", "GLIBC_2.43")] });

        Assert.Equal("/usr/bin/tool: needs GLIBC_2.43 of libc.so.6, and the one in the root is older", Refusal());
    }

    [Fact]
    public void A_damaged_program_is_told_by_its_path() =>
        Gen.Select(Gen.Int[0, 400], Gen.Byte, Gen.Int[0, 400]).Sample((at, value, length) =>
        {
            byte[] bytes = new TestElf("libc.so.6") { NeededVersions = [("libc.so.6", "GLIBC_2.17")], DefinedVersions = ["X_1"] }.ToBytes();
            bytes = bytes[..Math.Min(length, bytes.Length)];
            if (at < bytes.Length)
            {
                bytes[at] = value;
            }

            RootTree tree = new();
            string path = Path.Combine(_folder, Guid.NewGuid().ToString());
            File.WriteAllBytes(path, bytes);
            tree.AddFile("usr/bin/tool", path, "x", executable: true);
            try
            {
                LibraryClosure.Complete(tree, _ => null);
                LibraryCheck.Check(tree);
            }
            catch (ImagerException e)
            {
                Assert.StartsWith("/usr/bin/tool: ", e.Message, StringComparison.Ordinal);
            }
            finally
            {
                File.Delete(path);
            }
        });

    private string Refusal() => Assert.Throws<ImagerException>(() => LibraryCheck.Check(_tree)).Message;

    private IReadOnlyList<RootFile> Complete(TestElf program)
    {
        Add("usr/bin/tool", program, program: true);
        return LibraryClosure.Complete(_tree, Find);
    }

    private void Given(string library, TestElf elf) => _packages.Add(library, elf);

    private RootFile? Find(string name) => _packages.TryGetValue(name, out TestElf? elf) ? new RootFile("libc6", Write(name, elf), name) : null;

    private void Add(string path, TestElf elf, bool program = false) => _tree.AddFile(path, Write(Path.GetFileName(path), elf), "x", program);

    private string Write(string name, TestElf elf)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, elf.ToBytes());
        return path;
    }
}
