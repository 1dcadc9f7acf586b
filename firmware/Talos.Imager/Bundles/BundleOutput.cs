using System.Globalization;
using Talos.Imager.Build;
using Talos.Imager.Verity;
using Talos.Ota.Bundle;

namespace Talos.Imager.Bundles;

/// <summary>Writes the bundle of a build: the root and the UKI as they are in the image.</summary>
internal static class BundleOutput
{
    /// <summary>Digits of the root hash that name a build.</summary>
    private const int BuildDigits = 16;

    /// <summary>Writes a bundle.</summary>
    /// <param name="options">What was built.</param>
    /// <param name="root">The root with its hash tree.</param>
    /// <param name="uki">The UKI.</param>
    /// <param name="signer">Who signs.</param>
    /// <param name="path">The file to write.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task WriteAsync(BuildOptions options, VerityRoot root, string uki, BundleSigner signer, string path, CancellationToken ct)
    {
        if (!SemanticVersion.TryParse(options.Release, out SemanticVersion? version))
        {
            throw new ImagerException($"--release {options.Release}: a bundle needs a version such as v1.2.3");
        }

        BundleManifest manifest = new()
        {
            Version = version,
            Build = root.RootHash[..BuildDigits],
            Architecture = "arm64",
            Boards = [options.Board.Name],
            MinimumVersion = options.MinimumVersion,
            Floor = options.Floor,
            Issued = Issued(signer),
            Payloads = [],
        };
        await using FileStream output = File.Create(path), scratch = new(
            path + ".scratch", new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose });
        await using FileStream rootStream = File.OpenRead(root.Path), bootStream = File.OpenRead(uki);
        PayloadInput[] payloads = [new(BundlePart.Root, rootStream) { RootHash = root.RootHash }, new(BundlePart.Boot, bootStream)];
        try
        {
            await BundleWriter.WriteAsync(output, scratch, manifest, payloads, ReadOnlyMemory<byte>.Empty, [signer], new BundleWriterOptions(), ct);
        }
        catch (BundleException e)
        {
            throw new ImagerException(e.Message, e);
        }
    }

    /// <summary>When the build says it was made; else the start of the signer's certificate, because outputs hold no time of the build.</summary>
    /// <remarks>Source: reproducible-builds.org, SOURCE_DATE_EPOCH.</remarks>
    private static DateTimeOffset Issued(BundleSigner signer) =>
        long.TryParse(Environment.GetEnvironmentVariable("SOURCE_DATE_EPOCH"), NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : signer.Chain[0].NotBefore;
}
