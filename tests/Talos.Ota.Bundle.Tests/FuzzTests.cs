using System.Diagnostics;
using System.Security.Cryptography;
using Talos.Ota.Bundle.Format;
using Talos.Pki;

namespace Talos.Ota.Bundle.Tests;

/// <summary>More than a million broken inputs: each is refused by the format's own exceptions, soon, and within bounded memory.</summary>
[Trait("Category", "Integration")]
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const int InputsPerTarget = 150_000;
    private const int Seed = 20261122;

    /// <summary>The largest index there can be, and the largest front.</summary>
    private const long AllocationBound = (BundleLimits.Chunks * ChunkEntry.Size) + (4 * BundleLimits.Manifest) + (1 << 20);

    private static readonly TimeSpan TimeBound = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task No_input_crashes_hangs_or_allocates_beyond_the_bound()
    {
        byte[] keySet = KeySet.Create(1, TestKeys.Now, TestKeys.Fast.Authority.CertificatePem, ["1f"], [], [TestKeys.Fast.Signer]);
        byte[] bundle = Sample.Write(Sample.Manifest, keySet, TestKeys.Fast.Signer);
        BundleFront front = await BundleFront.ReadAsync(new StreamBundleSource(new MemoryStream(bundle)), CancellationToken.None);
        using BundleReader reader = await BundleReader.OpenUnverifiedAsync(new StreamBundleSource(new MemoryStream(bundle)), CancellationToken.None);
        PayloadInfo root = reader.Payloads[0].Info;
        byte[] index = bundle[front.Header.IndexOffset..(front.Header.IndexOffset + (root.ChunkCount * ChunkEntry.Size))];
        int data = (int)reader.Payloads[0].DataOffset;
        byte[] chunk = bundle[(data + (int)reader.Payloads[0][1].Offset)..(data + (int)reader.Payloads[0][2].Offset)];
        byte[] small = SmallBundle();
        byte[] content = new byte[root.LengthOf(1)];
        using ChunkUnpacker unpacker = new();

        (string Name, byte[] Good, Action<byte[]> Run)[] targets =
        [
            ("bundle", small, ReadBundle),
            ("front", bundle[..data], b => Open(new OneWayStream(b)).Dispose()),
            ("manifest", front.Manifest.ToArray(), b => ManifestReading.Read(b)),
            ("signatures", front.Signatures, b => SignatureBlock.Parse(b)),
            ("key set", keySet, b => KeySet.Parse(b).Read()),
            ("chunk index", index, b => BundlePayload.Parse(root with { IndexSha256 = Convert.ToHexStringLower(SHA256.HashData(b)) }, b, data, 0)),
            ("chunk", chunk, b => unpacker.Unpack(b, content, "chunk")),
            ("certificate", TestKeys.Fast.Signer.Chain[0].Der.ToArray(), b => SigningCertificate.Decode(b)),
            ("version", "v1.22.333-alpha.1+build.5"u8.ToArray(), b => _ = SemanticVersion.TryParse(System.Text.Encoding.Latin1.GetString(b), out _)),
        ];

        long total = 0;
        foreach ((string name, byte[] good, Action<byte[]> run) in targets)
        {
            total += Fuzz(name, good, run);
        }

        output.WriteLine($"{total} inputs in all");
        Assert.True(total >= 1_000_000);
    }

    private int Fuzz(string name, byte[] good, Action<byte[]> run)
    {
        Mutations mutations = new(good, Seed);
        int refused = 0;
        long most = 0;
        TimeSpan longest = TimeSpan.Zero;
        long started = Stopwatch.GetTimestamp();
        for (int i = 0; i < InputsPerTarget; i++)
        {
            byte[] input = mutations.Next();
            long before = GC.GetAllocatedBytesForCurrentThread(), from = Stopwatch.GetTimestamp();
            try
            {
                run(input);
            }
            catch (Exception e) when (e is BundleException or PkiException)
            {
                refused++;
            }
            catch (Exception e)
            {
                Assert.Fail($"{name}, input {i} of seed {Seed}: {e}\n{Convert.ToHexString(input.AsSpan(0, Math.Min(input.Length, 4096)))}");
            }

            most = Math.Max(most, GC.GetAllocatedBytesForCurrentThread() - before);
            TimeSpan took = Stopwatch.GetElapsedTime(from);
            longest = took > longest ? took : longest;
        }

        output.WriteLine($"{name,-12} {InputsPerTarget} inputs, {refused} refused, most allocated {most / 1024} KiB, longest {longest.TotalMilliseconds:0.0} ms, {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s");
        Assert.InRange(most, 0, AllocationBound);
        Assert.InRange(longest, TimeSpan.Zero, TimeBound);
        return InputsPerTarget;
    }

    private static void ReadBundle(byte[] bundle)
    {
        using BundleReader reader = Open(new MemoryStream(bundle));
        byte[] content = new byte[reader.Payloads.Max(p => p.Info.ChunkSize)];
        foreach (BundlePayload payload in reader.Payloads)
        {
            for (int i = 0; i < payload.ChunkCount; i++)
            {
                reader.ReadChunkAsync(payload, i, content, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            }
        }
    }

    private static BundleReader Open(Stream stream) =>
        BundleReader.OpenUnverifiedAsync(new StreamBundleSource(stream), CancellationToken.None).GetAwaiter().GetResult();

    private static byte[] SmallBundle()
    {
        using MemoryStream bundle = new(), scratch = new(), boot = new(Sample.Boot);
        BundleWriter.WriteAsync(bundle, scratch, Sample.Manifest, [new PayloadInput(BundlePart.Boot, boot)], ReadOnlyMemory<byte>.Empty, [TestKeys.Fast.Signer],
            new BundleWriterOptions { ChunkSize = Sample.ChunkSize, Level = 3 }, CancellationToken.None).GetAwaiter().GetResult();
        return bundle.ToArray();
    }
}
