using System.Text.Json;
using Talos.Pki;

namespace Talos.Ota.Bundle.Tests;

/// <summary>The files of ota/spec/vectors are read as vectors.json says, and written again byte by byte.</summary>
public sealed class VectorTests
{
    private static readonly string Folder = Path.Combine(Root(), "ota", "spec", "vectors");

    public static TheoryData<string> Cases() => [.. Vectors().Select(v => v.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_vector_is_read_as_it_says(string name)
    {
        JsonElement vector = Vectors().Single(v => v.GetProperty("name").GetString() == name);
        byte[] bundle = Changed(vector, Read(vector.GetProperty("file").GetString()!));
        var trust = TrustStore.FromPem(File.ReadAllText(Path.Combine(Folder, vector.GetProperty("anchors").GetString()!)));
        var time = VerificationTime.Now(vector.GetProperty("time").GetDateTimeOffset());

        if (vector.TryGetProperty("problem", out JsonElement problem))
        {
            BundleException refused = await Assert.ThrowsAsync<BundleException>(async () =>
            {
                using BundleReader reader = await Sample.OpenAsync(bundle, trust, time);
                await BundleVerification.VerifyAsync(reader, null, CancellationToken.None);
            });
            Assert.Equal(problem.GetString(), refused.Problem.ToString());
            return;
        }

        using BundleReader good = await Sample.OpenAsync(bundle, trust, time);
        await BundleVerification.VerifyAsync(good, null, CancellationToken.None);
        Assert.Equal(vector.GetProperty("id").GetString(), good.Id);
        Assert.Equal(vector.GetProperty("sequence").GetInt64(), good.Trust?.Sequence);
        Assert.Equal(RootContent(), (await Sample.ReadAllAsync(good))[BundlePart.Root]);
        Assert.Equal(BootContent(), (await Sample.ReadAllAsync(good))[BundlePart.Boot]);
    }

    [Theory]
    [InlineData("minimal.bundle", "old", "")]
    [InlineData("rotated.bundle", "new", "rotation.keyset")]
    public async Task A_vector_is_written_again_byte_by_byte(string file, string signer, string keySet)
    {
        using BundleReader reader = await BundleReader.OpenUnverifiedAsync(new StreamBundleSource(new MemoryStream(Read(file))), CancellationToken.None);
        BundleSigner by = new(File.ReadAllText(Path.Combine(Folder, $"{signer}.signer.crt")), PrivateKey.FromPem(File.ReadAllText(Path.Combine(Folder, $"{signer}.signer.key"))));
        using MemoryStream output = new(), scratch = new(), root = new(RootContent()), boot = new(BootContent());
        PayloadInput[] payloads = [new(BundlePart.Root, root) { RootHash = new string('a', 64) }, new(BundlePart.Boot, boot)];

        await BundleWriter.WriteAsync(output, scratch, reader.Manifest, payloads, keySet.Length > 0 ? Read(keySet) : [], [by], new BundleWriterOptions { ChunkSize = 65536, Level = 19 }, CancellationToken.None);

        Assert.Equal(Read(file), output.ToArray());
    }

    private static byte[] RootContent() => [.. Enumerable.Range(0, 70000).Select(i => (byte)((i * 7) + (i >> 8)))];

    private static byte[] BootContent() => [.. Enumerable.Range(0, 1000).Select(i => (byte)i)];

    private static byte[] Changed(JsonElement vector, byte[] bundle)
    {
        if (vector.TryGetProperty("length", out JsonElement length))
        {
            return bundle[..length.GetInt32()];
        }

        if (vector.TryGetProperty("offset", out JsonElement offset))
        {
            bundle[offset.GetInt32()] ^= 1;
        }

        return bundle;
    }

    private static byte[] Read(string file) => File.ReadAllBytes(Path.Combine(Folder, file));

    private static JsonElement[] Vectors() => [.. JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "vectors.json"))).RootElement.EnumerateArray()];

    private static string Root()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Talos.sln")))
        {
            at = at.Parent;
        }

        return at?.FullName ?? throw new InvalidOperationException("Talos.sln is in no parent folder of the tests");
    }
}
