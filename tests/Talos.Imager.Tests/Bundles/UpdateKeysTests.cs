using Talos.Boards;
using Talos.Imager.Build;
using Talos.Imager.Bundles;
using Talos.Imager.Verity;
using Talos.Ota.Bundle;

namespace Talos.Imager.Tests.Bundles;

public sealed class UpdateKeysTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("talos-keys").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private UpdateKeys Keys => new(Path.Combine(_folder, "keys"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Keys_for_development_are_made_once_and_belong_to_their_owner_alone()
    {
        Assert.True(Keys.CreateWhenAbsent(TimeProvider.System));
        string anchors = File.ReadAllText(Keys.AnchorsFile);

        Assert.False(Keys.CreateWhenAbsent(TimeProvider.System));
        Assert.Equal(anchors, File.ReadAllText(Keys.AnchorsFile));
        Assert.All(Directory.GetFiles(Path.Combine(_folder, "keys")), f => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(f)));
        Keys.Check();
    }

    [Fact]
    public void Missing_and_broken_anchors_are_refused()
    {
        Assert.Contains("no such file", Assert.Throws<ImagerException>(Keys.Check).Message, StringComparison.Ordinal);

        Directory.CreateDirectory(Path.Combine(_folder, "keys"));
        File.WriteAllText(Keys.AnchorsFile, "nothing");

        Assert.Contains("no PEM block CERTIFICATE", Assert.Throws<ImagerException>(Keys.Check).Message, StringComparison.Ordinal);
        Assert.Null(Keys.Signer());
    }

    [Fact]
    public async Task A_bundle_holds_root_and_UKI_and_is_the_same_twice()
    {
        Keys.CreateWhenAbsent(TimeProvider.System);
        string root = Path.Combine(_folder, "root"), uki = Path.Combine(_folder, "uki");
        await File.WriteAllBytesAsync(root, new byte[300_000], Ct);
        await File.WriteAllBytesAsync(uki, new byte[5_000], Ct);

        await WriteAsync(root, uki, "first");
        await WriteAsync(root, uki, "second");

        Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(_folder, "first"), Ct), await File.ReadAllBytesAsync(Path.Combine(_folder, "second"), Ct));
        await using FileStream stream = File.OpenRead(Path.Combine(_folder, "first"));
        using BundleReader reader = await BundleReader.OpenAsync(
            new StreamBundleSource(stream), TrustStore.FromPem(await File.ReadAllTextAsync(Keys.AnchorsFile, Ct)), VerificationTime.Now(TimeProvider.System.GetUtcNow()), Ct);
        Assert.Equal(["bench"], reader.Manifest.Boards);
        Assert.Equal(300_000, reader.Manifest.Full(BundlePart.Root)?.Content.Size);
        Assert.Equal(5_000, reader.Manifest.Full(BundlePart.Boot)?.Content.Size);
        Assert.Equal("v1.2.3", reader.Manifest.Version.ToString());
    }

    private Task WriteAsync(string root, string uki, string output) =>
        BundleOutput.WriteAsync(Options(), new VerityRoot(root, new string('a', 64), "", 1, 300_000), uki, Keys.Signer()!, Path.Combine(_folder, output), Ct);

    private BuildOptions Options() => new()
    {
        Board = new Board
        {
            Name = "bench",
            Disk = new BoardDisk(new ByteSize(1 << 20), null, null, null),
            BootControl = new BoardBootControl(BootControlKind.Efi, []),
        },
        BoardFile = "",
        LockFile = "",
        Repository = "",
        Machined = "",
        Stage1 = "",
        Images = [],
        KernelArgs = [],
        Release = "v1.2.3",
        RootLevel = 1,
        Without = new HashSet<string>(),
        Output = _folder,
        UpdateKeys = Keys,
    };
}
