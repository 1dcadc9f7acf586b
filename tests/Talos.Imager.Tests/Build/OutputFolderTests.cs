using Talos.Imager.Build;

namespace Talos.Imager.Tests.Build;

public sealed class OutputFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("talos-output").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_build_that_does_not_end_leaves_what_was_there()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "image.raw"), "old", Ct);

        using (OutputFolder output = new(_folder, "image"))
        {
            await File.WriteAllTextAsync(output.File(".raw"), "new", Ct);
        }

        Assert.Equal(["image.raw"], Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName));
        Assert.Equal("old", await File.ReadAllTextAsync(Path.Combine(_folder, "image.raw"), Ct));
    }

    [Fact]
    public async Task Published_outputs_are_named_with_their_checksums()
    {
        using (OutputFolder output = new(_folder, "image"))
        {
            await File.WriteAllTextAsync(output.File(".raw"), "new", Ct);
            await output.PublishAsync(new Dictionary<string, string>(), Ct);
        }

        Assert.Equal(["SHA256SUMS", "image.raw"], Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(
            "11507a0e2f5e69d5dfa40a62a1bd7b6ee57e6bcd85c67c9b8431b36fff21c437  image.raw\n",
            await File.ReadAllTextAsync(Path.Combine(_folder, "SHA256SUMS"), Ct));
    }

    [Fact]
    public async Task Outputs_are_current_only_for_the_same_input_and_when_all_are_there()
    {
        using (OutputFolder output = new(_folder, "image"))
        {
            await File.WriteAllTextAsync(output.File(".raw"), "new", Ct);
            await output.WriteFingerprintAsync("abc", Ct);
            await output.PublishAsync(new Dictionary<string, string>(), Ct);
        }

        Assert.True(OutputFolder.IsCurrent(_folder, "image", "abc"));
        Assert.False(OutputFolder.IsCurrent(_folder, "image", "abd"));

        File.Delete(Path.Combine(_folder, "image.raw"));

        Assert.False(OutputFolder.IsCurrent(_folder, "image", "abc"));
    }

    [Fact]
    public void A_board_that_does_not_exist_is_named_with_those_that_do()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "boards", "bench"));
        File.WriteAllText(Path.Combine(_folder, "boards", "bench", "board.yaml"), "");

        ImagerException error = Assert.Throws<ImagerException>(() => BoardFolder.Read(_folder, "other"));

        Assert.EndsWith("known boards are bench", error.Message, StringComparison.Ordinal);
    }
}
